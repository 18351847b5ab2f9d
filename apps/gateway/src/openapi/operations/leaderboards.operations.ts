import { LeaderboardsController } from '../../sdk/leaderboards.controller.js';
import { BoardStreamsController } from '../../streams/board-streams.controller.js';
import { described, type DescribedOperation } from '../operation.js';

const board: Omit<DescribedOperation, 'id' | 'summary'> = {
  tag: 'Leaderboards',
  description: 'While the event runs the live ranks, afterwards the frozen ones. `self` does not depend on `limit`.',
  parameters: ['limit', 'includeSelf', 'selfId', 'progression'],
  replies: {
    200: {
      description: 'The board by rank.',
      component: 'LeaderboardResponse',
      example: {
        data: {
          leaderboardId: '0198f0b3-0000-7000-8000-000000000001',
          mode: 'global',
          finalized: false,
          finalizedReason: null,
          entries: [],
          self: null,
        },
      },
    },
  },
  refusals: ['not_found'],
};

const stream: Omit<DescribedOperation, 'id' | 'summary'> = {
  tag: 'Leaderboards',
  description:
    'Server-sent events. The schema shows one frame: its `event` and the JSON of its `data` line. `ready` comes first, ' +
    '`closed` last; a comment line comes every 15 seconds; there is no replay. Events of other names must be passed over.',
  replies: {
    200: {
      description: 'The open stream.',
      component: 'LeaderboardStreamEvent',
      mediaType: 'text/event-stream',
    },
  },
  refusals: ['not_found'],
};

/** 02 §§7.0–7.2: the same boards under both families of routes. */
export const leaderboardsOperations = [
  described(LeaderboardsController, {
    readAny: { ...board, id: 'readLeaderboard', summary: 'Read an event board' },
    readEventBoard: { ...board, id: 'readEventLeaderboard', summary: 'Read an event board (newer libraries)' },
  }),
  described(BoardStreamsController, {
    streamAny: { ...stream, id: 'streamLeaderboard', summary: 'Watch an event board' },
    streamEventBoard: { ...stream, id: 'streamEventLeaderboard', summary: 'Watch an event board (newer libraries)' },
  }),
];
