import { JoinBoardBody, JoinEventBoardBody, SubmitScoreBody } from '@kraty/contracts/sdk';
import { DefinedBoardsController } from '../../sdk/defined-boards.controller.js';
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

const definedHead = {
  key: 'weekly_shells',
  leaderboardId: '0198f0aa-0000-7000-8000-000000000001',
  sharedLeaderboardId: '0198f0aa-0000-7000-8000-000000000001',
  scope: 'game',
  resetCadence: 'weekly',
  scoreAggregation: 'sum',
};
const definedBoard = {
  ...definedHead,
  segment: null,
  period: '2026-08-31T00:00:00.000Z',
  entries: [],
  self: { rank: 12, score: 310 },
};
const periods: Omit<DescribedOperation, 'id' | 'summary'> = {
  tag: 'Leaderboards',
  parameters: ['periodsLimit'],
  replies: {
    200: {
      description: 'Closed periods that had entries, newest first.',
      component: 'LeaderboardPeriodsResponse',
      example: {
        data: {
          key: definedHead.key,
          leaderboardId: definedHead.leaderboardId,
          sharedLeaderboardId: definedHead.sharedLeaderboardId,
          currentPeriodStartedAt: '2026-08-31T00:00:00.000Z',
          periods: [{ periodStartedAt: '2026-08-24T00:00:00.000Z', periodEndedAt: '2026-08-31T00:00:00.000Z' }],
        },
      },
    },
  },
  refusals: ['not_found'],
};

/** 02 §§7.3–7.8. */
const definedBoardsOperations = described(DefinedBoardsController, {
  readShared: {
    id: 'readSharedLeaderboard',
    tag: 'Leaderboards',
    summary: 'Read a board the game has defined (older libraries)',
    parameters: ['limit', 'segment', 'period', 'includeSelf', 'segmentId', 'progression'],
    replies: {
      200: {
        description: 'The board by rank; `self` is of the running period only.',
        component: 'DefinedLeaderboardResponse',
        example: { data: definedBoard },
      },
    },
    refusals: ['not_found'],
  },
  standings: {
    id: 'readLeaderboardStandings',
    tag: 'Leaderboards',
    summary: 'Read several segments of a board',
    parameters: ['standingsScope', 'segment', 'period', 'standingsId', 'limit', 'maxSegments', 'progression'],
    replies: {
      200: {
        description: 'A block for each segment; the highest division first, else by name.',
        component: 'LeaderboardStandingsResponse',
        example: {
          data: {
            ...definedHead,
            period: definedBoard.period,
            segments: [{ segment: 'gold', participated: true, selfRank: 3, entries: [] }],
            segmentsTruncated: false,
          },
        },
      },
    },
    refusals: ['not_found'],
  },
  periods: { ...periods, id: 'listLeaderboardPeriods', summary: 'List the closed periods of a board' },
  sharedPeriods: {
    ...periods,
    id: 'listSharedLeaderboardPeriods',
    summary: 'List the closed periods of a board (older libraries)',
  },
  submit: {
    id: 'submitScore',
    tag: 'Leaderboards',
    summary: 'Submit a score',
    description: 'The board counts it in its own way: the best, the latest, or the sum.',
    body: SubmitScoreBody,
    bodyExample: { value: 88, idempotencyKey: 's-4' },
    replies: {
      200: {
        description: 'What stands on the board now.',
        component: 'SubmitScoreResponse',
        headers: ['Idempotency-Replayed'],
        example: { data: { leaderboardId: definedHead.leaderboardId, score: 310, rank: 12 } },
      },
    },
    refusals: ['not_found', 'client_scoring_disabled', 'score_not_supported', 'idempotency_conflict'],
  },
  join: {
    id: 'joinLeaderboard',
    tag: 'Leaderboards',
    summary: 'Join a board without a score',
    description: 'Never lowers or resets a score; may be repeated.',
    parameters: ['limit'],
    body: JoinBoardBody,
    bodyExample: { segment: 'PT' },
    replies: {
      200: {
        description: 'The segment of the player.',
        component: 'DefinedLeaderboardResponse',
        example: { data: { ...definedBoard, joined: true } },
      },
    },
    refusals: ['not_found'],
  },
  joinEvent: {
    id: 'joinEventLeaderboard',
    tag: 'Leaderboards',
    summary: 'Join the board of an event without an attempt',
    description: 'Costs nothing. A closed board and one the player is not placed on answer `conflict`.',
    parameters: ['limit'],
    body: JoinEventBoardBody,
    bodyExample: {},
    replies: { 200: { description: 'The board, with the player on it.', component: 'LeaderboardResponse' } },
    refusals: ['not_found', 'conflict'],
  },
});

/** 02 §§7.0–7.2: the same boards under both families of routes. */
export const leaderboardsOperations = [
  definedBoardsOperations,
  described(LeaderboardsController, {
    readAny: {
      ...board,
      id: 'readLeaderboard',
      summary: 'Read a board',
      description: 'By id the board of an event, by key a board the game has defined.',
      parameters: ['limit', 'segment', 'period', 'includeSelf', 'segmentId', 'progression'],
      replies: { 200: { description: 'The board by rank.', component: 'AnyLeaderboardResponse' } },
    },
    readEventBoard: { ...board, id: 'readEventLeaderboard', summary: 'Read an event board (newer libraries)' },
  }),
  described(BoardStreamsController, {
    streamAny: { ...stream, id: 'streamLeaderboard', summary: 'Watch an event board' },
    streamEventBoard: { ...stream, id: 'streamEventLeaderboard', summary: 'Watch an event board (newer libraries)' },
  }),
];
