import { holdingChanged } from '@kraty/contracts/economy';
import { attemptScored } from '@kraty/contracts/events';
import {
  describeListStream,
  listStreamSubject,
  mergeStandings,
  readEventBoard,
  type ListFrame,
  type NamedList,
} from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually, type Host } from '@kraty/testing/harness';
import { BoardsWorld, entriesOf } from '../boards-world.fixture.js';
import { PeriodsWorker } from '../periods/periods.worker.js';

const now = '2026-06-15T12:00:00.000Z';
const weekMs = 7 * 86_400_000;
const stepper = {
  ...{ key: 'stepper', name: 'Stepper' },
  behavior: { type: 'single' as const, block: 'progress_linear' as const, params: { targetScore: 8_640 } },
};
const boards = [
  { key: 'weekly', name: 'Weekly', resetCadence: 'weekly' as const },
  { key: 'silent', name: 'Silent', resetCadence: 'never' as const },
  {
    ...{ key: 'tiers', name: 'Tiers', resetCadence: 'weekly' as const, scoreAggregation: 'sum' as const },
    segmentation: {
      ...{ type: 'progression' as const, economyKey: 'league_tier' },
      divisions: ['bronze', 'gold'].map((key, min) => ({ key, min })),
    },
  },
  {
    ...{ key: 'wealth', name: 'Wealth', resetCadence: 'never' as const },
    rankBy: { type: 'progression' as const, economyKey: 'xp' },
  },
];

let world: BoardsWorld;
let second: Host;
let periods: PeriodsWorker;

beforeAll(async () => {
  world = await BoardsWorld.start(now);
  second = await world.anotherHost();
  periods = await world.byHand(PeriodsWorker);
  await world.byHand(PeriodsWorker, second);
  expect(await world.configureSections({ bots: [stepper], leaderboards: boards })).toEqual([]);
});

afterAll(async () => {
  await second?.stop();
  await world?.stop();
});

const idOf = async (key: string) => (await world.read(key)).board.leaderboardId;

/** As a gateway whose operator has opened the stream: what was told since. */
async function watch(leaderboardId: string, more: Partial<NamedList> = {}): Promise<ListFrame[]> {
  const named = { scope: world.scope, leaderboardId, period: null, segment: null, ...more };
  const frames: ListFrame[] = [];
  const { listId } = await world.messenger.request(describeListStream, named);
  world.messenger.listen<ListFrame[]>(listStreamSubject(listId), (told) => void frames.push(...told));
  await world.messenger.request(describeListStream, named);
  return frames;
}

/** The player's first score is on the board, and nobody is about to tell of it. */
async function placed(board: string, player: string): Promise<void> {
  await eventually(async () => {
    const text = 'select from board_entry where leaderboard_id = $1 and participant_id = $2';
    expect(await world.ground.sql('leaderboards', text, [board, player])).toHaveLength(1);
    const view = await world.messenger.request(readEventBoard, {
      ...question,
      scope: world.scope,
      leaderboardId: board,
    });
    expect(entriesOf(view).map(({ participantId }) => participantId)).toContain(player);
  });
  // Readers see it before streams are told of it: now nothing is told of it any more.
  await world.settled(attemptScored);
}
const question = { limit: 50, selfPlayerId: null, progression: [], knownView: null };

const told = (frames: readonly ListFrame[]) =>
  frames.map(({ event, data }) => (event === 'finalized' ? event : [data.name, data.score, data.rank, data.cause]));

describe('a list that an operator watches', () => {
  it('is told write by write, also by a process that was not asked', async () => {
    const [board, ada] = [world.openBoard(), world.player('ada')];
    const attemptId = uuidV7();
    world.score(board, ada, { attemptId, revision: 1, score: 4 });
    await placed(board, ada);
    const frames = await watch(board);
    const writes = 20;
    for (let revision = 2; revision <= writes + 1; revision += 1) {
      world.score(board, ada, { attemptId, revision, score: 5 });
    }
    const fives = () => told(frames).filter((frame) => frame[1] === 5);
    await eventually(() => expect(fives()).toEqual(Array(writes).fill(['ada', 5, 1, 'progress'])));
  });

  it('shows bots where somebody has looked, and its end', async () => {
    const board = world.openBoard({ botBindings: [{ botKey: 'stepper', count: 1 }] });
    const bea = world.player('bea');
    world.score(board, bea, { attemptId: uuidV7(), revision: 1, score: 1 });
    await placed(board, bea);
    const frames = await watch(board);
    world.clock.advance(86_400_000);
    world.score(board, bea, { attemptId: uuidV7(), revision: 1, score: 2 });
    await eventually(() => {
      expect(told(frames)).toContainEqual(['bea', 2, 2, 'progress']);
      expect(frames).toContainEqual({
        event: 'score_update',
        data: expect.objectContaining({ kind: 'bot', name: expect.any(String), rank: 1, cause: 'bot' }),
      });
    });
    world.closeBoard(board, [{ playerId: bea, score: 2, achievedAtMs: world.clock.nowMs() }]);
    const occurredAt = world.clock.now().toISOString();
    await eventually(() =>
      expect(frames.at(-1)).toEqual({
        event: 'finalized',
        data: { leaderboardId: board, reason: 'window_closed', occurredAt },
      }),
    );
  });

  it('follows a progression, and says nothing of who has only joined', async () => {
    const [cyd, dan] = [world.player('cyd'), world.player('dan')];
    world.balance(cyd, 'xp', 1, 10);
    await eventually(async () => expect(await world.rows('wealth')).toEqual([['cyd', 10]]));
    await world.settled(holdingChanged);
    const frames = await watch(await idOf('wealth'));
    await world.join('wealth', dan);
    world.balance(cyd, 'xp', 2, 30);
    await eventually(() => expect(told(frames)).toEqual([['cyd', 30, 1, 'progress']]));
  });

  it('shows who has taken over the row of a player that was merged', async () => {
    const board = world.openBoard({ scoreAggregation: 'sum' });
    const [gil, hal] = [world.player('gil'), world.player('hal')];
    for (const [player, score] of [
      [gil, 3],
      [hal, 4],
    ] as const) {
      world.score(board, player, { attemptId: uuidV7(), revision: 1, score });
      await placed(board, player);
    }
    const frames = await watch(board);
    const [from, to] = [gil, hal].map((playerId) => ({ playerId, externalPlayerId: playerId }));
    await world.messenger.request(mergeStandings, { scope: world.scope, sagaId: uuidV7(), from: from!, to: to! });
    await eventually(() => expect(told(frames)).toContainEqual(['hal', 7, 1, 'merge']));
  });

  it('hears of a merge once, although the one that is gone goes on writing', async () => {
    const board = world.openBoard({ scoreAggregation: 'sum' });
    const [kim, lou] = [world.player('kim'), world.player('lou')];
    world.score(board, kim, { attemptId: uuidV7(), revision: 1, score: 3 });
    await placed(board, kim);
    const frames = await watch(board);
    const [from, to] = [kim, lou].map((playerId) => ({ playerId, externalPlayerId: playerId }));
    await world.messenger.request(mergeStandings, { scope: world.scope, sagaId: uuidV7(), from: from!, to: to! });
    const merged = ['lou', 3, 1, 'merge'];
    await eventually(() => expect(told(frames)).toEqual([merged]));
    world.score(board, kim, { attemptId: uuidV7(), revision: 1, score: 5 });
    const progress = ['lou', 8, 1, 'progress'];
    await eventually(() => expect(told(frames)).toContainEqual(progress));
    expect(told(frames)).toEqual([merged, progress]);
  });

  it('shows the row also where it has come from another segment', async () => {
    const [ida, jon] = [world.player('ida'), world.player('jon')];
    world.others.balances[jon] = { league_tier: 1 };
    await world.submit('tiers', ida, 3);
    const { leaderboardId } = await world.submit('tiers', jon, 4);
    const frames = await watch(leaderboardId, { segment: 'gold' });
    const [from, to] = [ida, jon].map((playerId) => ({ playerId, externalPlayerId: playerId }));
    await world.messenger.request(mergeStandings, { scope: world.scope, sagaId: uuidV7(), from: from!, to: to! });
    await eventually(() => expect(told(frames)).toEqual([['jon', 7, 1, 'merge']]));
  });

  it('ends with its period', async () => {
    const eve = world.player('eve');
    await world.submit('weekly', eve, 7);
    const period = world.clock.now().toISOString();
    const frames = await watch(await idOf('weekly'), { period });
    await world.submit('weekly', eve, 8);
    await eventually(() => expect(told(frames)).toEqual([['eve', 8, 1, 'score']]));
    world.clock.advance(2 * weekMs);
    await periods.round();
    await eventually(() => expect(told(frames)).toEqual([['eve', 8, 1, 'score'], 'finalized']));
    expect(frames.at(-1)!.data).toMatchObject({ leaderboardId: await idOf('weekly'), reason: 'window_closed' });
  });
});

describe('a list that nobody watches', () => {
  it('tells nobody', async () => {
    const fay = world.player('fay');
    const heard: ListFrame[] = [];
    world.messenger.listen<ListFrame[]>(listStreamSubject('*'), (frames) => void heard.push(...frames));
    await world.submit('silent', fay, 5);
    await watch(await idOf('silent'));
    await world.submit('silent', fay, 6);
    const ofFay = () => told(heard).filter(([name]) => name === 'fay');
    await eventually(() => expect(ofFay()).toEqual([['fay', 6, 1, 'score']]));
  });
});
