import { boardFinalized } from '@kraty/contracts/leaderboards';
import type { Fact } from '@kraty/contracts/messages';
import type { Messenger } from '@kraty/platform/messaging';
import type { Board } from './board.js';
import type { Rosters } from '../bots/rosters.service.js';
import { Boards } from './boards.service.js';
import type { BoardsStore } from './boards.store.js';

const live: Board = {
  leaderboardId: 'b',
  scope: { studioId: 's', gameId: 'g', environment: 'live' },
  mode: 'global',
  scoreAggregation: 'best',
  event: { eventId: 'e', eventKey: 'daily', eventWindowId: 'w' },
  definitionId: null,
  opensAt: new Date(0),
  closesAt: new Date(1),
  segment: null,
  capacity: null,
  ladder: null,
  ladderCeiling: null,
  botBindings: [],
  finalizedAt: null,
  finalizedReason: null,
};
const frozen: Board = { ...live, finalizedAt: new Date(1), finalizedReason: 'window_closed' };

type Hear = (fact: Fact<{ leaderboardId: string }>) => void;

/** A store whose next answer the spec decides, and the bus the service listens to. */
function world() {
  let answer: (board: Board) => void = () => undefined;
  let finalized: Hear = () => undefined;
  let reconnected = (): void => undefined;
  const store = { find: () => new Promise<Board>((resolve) => (answer = resolve)) };
  const messenger = {
    onFact: (type: unknown, hear: Hear) => type === boardFinalized && (finalized = hear),
    onReconnect: (hear: () => void) => (reconnected = hear),
  };
  const sut = new Boards(store as unknown as BoardsStore, {} as Rosters, messenger as unknown as Messenger);
  sut.onModuleInit();
  return {
    sut,
    answer: (board: Board) => answer(board),
    finalize: () => finalized({ payload: { leaderboardId: 'b' } } as Fact<{ leaderboardId: string }>),
    reconnect: () => reconnected(),
  };
}

describe('a board that is frozen while it is being read', () => {
  it.each(['finalize', 'reconnect'] as const)('is not kept as a live one (%s)', async (happens) => {
    const { sut, answer, ...events } = world();
    const reading = sut.find('b');
    events[happens]();
    answer(live);
    expect(await reading).toEqual(live);
    const again = sut.find('b');
    answer(frozen);
    expect(await again).toEqual(frozen);
  });

  it('is kept once nothing has happened meanwhile', async () => {
    const { sut, answer } = world();
    const reading = sut.find('b');
    answer(frozen);
    await reading;
    expect(await sut.find('b')).toEqual(frozen);
  });
});
