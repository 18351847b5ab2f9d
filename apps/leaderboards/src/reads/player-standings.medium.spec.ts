import {
  readEventBoard,
  readPlayerStandings,
  type LeaderboardConfiguration,
  type ReadPlayerStandings,
} from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';

const weekMs = 7 * 86_400_000;
let world: BoardsWorld;

const boards: LeaderboardConfiguration[] = [
  { key: 'weekly_sum', name: 'Week', resetCadence: 'weekly', scoreAggregation: 'sum' },
  { key: 'by_mode', name: 'Mode', resetCadence: 'never', segmentation: { type: 'context', key: 'mode' } },
  { key: 'by_land', name: 'Land', resetCadence: 'never', segmentation: { type: 'country' } },
  { key: 'by_xp', name: 'XP', resetCadence: 'never', rankBy: { type: 'progression', economyKey: 'xp' } },
];
const keys = ['by_mode', 'unknown', 'weekly_sum', 'by_land', 'by_xp', 'by_mode'];

beforeAll(async () => {
  // Views are kept here, by a clock that stands still: for ever.
  world = await BoardsWorld.start('2026-06-02T12:00:00Z', { BOARD_VIEW_CACHE_MS: '2000' });
  expect(await world.configure(boards)).toEqual([]);
});
afterAll(() => world.stop());

async function standings(eventLeaderboardId: string, playerId: string, more: Partial<ReadPlayerStandings> = {}) {
  const question: ReadPlayerStandings = {
    ...{ scope: world.scope, playerId, eventLeaderboardId, contributesTo: keys, playerContext: { mode: 'hard' } },
    writtenAtMs: world.clock.nowMs(),
    ...more,
  };
  return (await world.messenger.request(readPlayerStandings, question)).boards;
}

const ids = async () =>
  Promise.all(
    ['by_mode', 'weekly_sum', 'by_land'].map(
      async (key) => (await world.read(key, { segment: 'hard' })).board.leaderboardId,
    ),
  );

describe('where a player stands', () => {
  it('is told of every board an attempt counts on, in order, each by its own ranking', async () => {
    const board = world.openBoard();
    const [anna, bert] = [world.player('anna', 'PT'), world.player('bert', 'PT')];
    const write = { contributesTo: keys, context: { mode: 'hard' } };
    world.score(board, anna, { attemptId: uuidV7(), revision: 1, score: 5, ...write });
    world.score(board, anna, { attemptId: uuidV7(), revision: 1, score: 7, ...write });
    world.score(board, bert, { attemptId: uuidV7(), revision: 1, score: 9, ...write });
    const [byMode, weekly, byLand] = await ids();
    await eventually(async () =>
      expect(await standings(board, anna)).toEqual([
        { leaderboardId: board, score: 7, rank: 2 },
        { leaderboardId: byMode, score: 7, rank: 2 },
        { leaderboardId: weekly, score: 12, rank: 1 },
        { leaderboardId: byLand, score: 7, rank: 2 },
      ]),
    );
    const elsewhere = await standings(board, anna, { playerContext: { mode: 'soft' } });
    expect(elsewhere.map(({ leaderboardId }) => leaderboardId)).toEqual([board, weekly, byLand]);
  });

  it('is that of the period of the write', async () => {
    const [board, cleo] = [world.openBoard(), world.player('cleo')];
    const writtenAtMs = world.clock.nowMs();
    world.score(board, cleo, { attemptId: uuidV7(), revision: 1, score: 3, contributesTo: ['weekly_sum'] });
    await eventually(async () => expect(await standings(board, cleo)).toHaveLength(2));
    world.clock.advance(weekMs);
    expect(await standings(board, cleo)).toHaveLength(1);
    expect(await standings(board, cleo, { writtenAtMs })).toHaveLength(2);
  });

  it('is nothing for a player or a board nobody knows, and for another tenant', async () => {
    const [board, dora] = [world.openBoard(), world.player('dora')];
    expect(await standings(board, dora)).toEqual([]);
    world.score(board, dora, { attemptId: uuidV7(), revision: 1, score: 3 });
    await eventually(async () => expect(await standings(board, dora)).toHaveLength(1));
    expect(await standings(board, dora, { scope: { ...world.scope, environment: 'test' } })).toEqual([]);
    expect(await standings(uuidV7(), dora)).toEqual([]);
  });
});

it('a frozen board that is ranked again is read as it is now, by everyone, at once', async () => {
  const [board, eva, finn] = [world.openBoard(), world.player('eva'), world.player('finn')];
  const at = { achievedAtMs: world.clock.nowMs() };
  world.closeBoard(board, [
    { playerId: eva, score: 10, ...at },
    { playerId: finn, score: 20, ...at },
  ]);
  const question = { scope: world.scope, leaderboardId: board, limit: 10, selfPlayerId: null, progression: [] };
  const read = async () => {
    const view = await world.messenger.request(readEventBoard, { ...question, knownView: null });
    return { ...view.board, scores: view.entries!.map((text) => (JSON.parse(text) as { score: number }).score) };
  };
  await eventually(async () => expect(await read()).toMatchObject({ finalized: true, scores: [20, 10] }));

  const attemptId = uuidV7();
  world.others.standings.set(board, [{ playerId: eva, score: 30, ...at }]);
  world.override(board, eva, attemptId, { score: 30, lastWrittenAtMs: null });
  await eventually(async () =>
    expect(await standings(board, eva)).toEqual([{ leaderboardId: board, score: 30, rank: 1 }]),
  );
  // The clock of the view's short life stands still here: only what was stored can have dropped it.
  expect(await read()).toMatchObject({ scores: [30, 20] });
});
