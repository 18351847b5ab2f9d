import {
  ladderMoved,
  leaderboardPeriodClosed,
  readBoardPeriods,
  readFinalStandings,
} from '@kraty/contracts/leaderboards';
import { FactBacklog } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld, entriesOf } from '../boards-world.fixture.js';
import { Periods } from './periods.service.js';
import { PeriodsWorker } from './periods.worker.js';

const sunday = '2026-06-21T23:59:59.999Z';
const weekMs = 7 * 86_400_000;
const league = {
  type: 'progression' as const,
  economyKey: 'league_tier',
  divisions: ['bronze', 'silver', 'gold'].map((key, min) => ({ key, min })),
};

const weeklyLeague = {
  key: 'league',
  name: 'League',
  resetCadence: 'weekly' as const,
  segmentation: league,
  progression: { itemKey: 'league_tier', promote: { places: 1 }, relegate: { places: 1 } },
};

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start(sunday);
  await world.byHand(PeriodsWorker);
  const sums = { key: 'weekly_sum', name: 'Weekly', resetCadence: 'weekly' as const, scoreAggregation: 'sum' as const };
  expect(await world.configure([sums, weeklyLeague])).toEqual([]);
});

afterAll(() => world.stop());

beforeEach(() => world.clock.set(new Date(sunday)));

describe('the end of a period', () => {
  it('freezes every segment, moves the ladder and is told once', async () => {
    world.clock.advance(5 * weekMs);
    const names = ['ada', 'bob', 'cyd'];
    const players = names.map((name) => world.player(name));
    await eventually(async () => {
      const rows = await world.ground.sql('leaderboards', 'select from player_profile where player_id = any($1)', [
        players,
      ]);
      expect(rows).toHaveLength(3);
    });
    for (const [at, playerId] of players.entries()) await world.submit('league', playerId, 30 - 10 * at);
    const moves: [string, number, number | null][] = [];
    const closed: string[] = [];
    world.messenger.onFact(ladderMoved, ({ payload }) =>
      moves.push([payload.externalPlayerId, payload.amount, payload.ceiling]),
    );
    world.messenger.onFact(
      leaderboardPeriodClosed,
      ({ payload }) => payload.key === 'league' && closed.push(payload.periodStartedAt),
    );
    const before = await world.read('league', { segment: 'bronze' });
    const periodStartedAt = before.board.period;
    world.clock.advance(weekMs + 60_000);
    const periods = world.host.service('leaderboards').app.get(Periods);
    await Promise.all([periods.closeDue(), periods.closeDue()]);
    await periods.closeDue();
    await eventually(() => expect(closed).toContain(periodStartedAt));
    expect(closed.filter((start) => start === periodStartedAt)).toHaveLength(1);
    // Both facts leave together, and nothing says which of them is heard first.
    await eventually(() =>
      expect(moves.filter(([name]) => names.includes(name))).toEqual([
        ['ada', 1, 2],
        ['cyd', -1, 2],
      ]),
    );
    const after = await world.read('league', { segment: 'bronze', period: periodStartedAt });
    expect(entriesOf(after)).toEqual(entriesOf(before));
    expect(await world.read('league', { segment: 'bronze' })).toMatchObject({ entries: [] });
    const listed = await world.messenger.request(readBoardPeriods, { scope: world.scope, key: 'league', limit: 20 });
    expect(listed.periods[0]).toMatchObject({ periodStartedAt });
    expect(listed.periods.map((period) => period.periodStartedAt)).toEqual(
      listed.periods
        .map((period) => period.periodStartedAt)
        .toSorted()
        .toReversed(),
    );
  });

  it('waits for what was told before and is not applied, but not for ever', async () => {
    world.clock.set(new Date('2026-09-02T00:00:00.000Z'));
    await world.submit('weekly_sum', world.player('kim'), 7);
    const { period } = (await world.read('weekly_sum')).board;
    const endMs = Date.parse(period!) + weekMs;
    const { app } = world.host.service('leaderboards');
    const [periods, backlog] = [app.get(Periods), app.get(FactBacklog)];
    let untoldMs = () => Promise.resolve(endMs + 60_000);
    Object.assign(backlog, { oldestMs: () => untoldMs() });
    const isSealed = async (atMs: number) => {
      world.clock.set(new Date(atMs));
      await periods.closeDue();
      const asked = { scope: world.scope, key: 'weekly_sum', limit: 1 };
      return (await world.messenger.request(readBoardPeriods, asked)).periods[0]?.periodStartedAt === period;
    };
    expect(await isSealed(endMs + 14 * 60_000)).toBe(false);
    untoldMs = () => Promise.reject(new Error('the broker does not answer'));
    expect(await isSealed(endMs + 14 * 60_000)).toBe(false);
    expect(await isSealed(endMs + 15 * 60_000)).toBe(true);

    await world.submit('weekly_sum', world.player('kim'), 7);
    const next = (await world.read('weekly_sum')).board.period!;
    untoldMs = () => Promise.resolve(endMs + weekMs + 60_001);
    world.clock.set(new Date(endMs + weekMs + 60_000));
    await periods.closeDue();
    const asked = { scope: world.scope, key: 'weekly_sum', limit: 1 };
    expect((await world.messenger.request(readBoardPeriods, asked)).periods[0]?.periodStartedAt).toBe(next);
    Reflect.deleteProperty(backlog, 'oldestMs');
  });

  it('moves players whom only identity knows, and waits while it is away', async () => {
    world.clock.set(new Date('2026-10-07T00:00:00.000Z'));
    const [lea, max] = [world.untoldPlayer('lea'), world.untoldPlayer('max')] as const;
    await world.submit('league', lea, 20);
    await world.submit('league', max, 10);
    const { period } = (await world.read('league', { segment: 'bronze', limit: 1 })).board;
    const moves: [string, number][] = [];
    // Moves of another period may be told a second time: their publication was not confirmed at once.
    world.messenger.onFact(
      ladderMoved,
      ({ payload: { playerId, externalPlayerId, amount } }) =>
        [lea, max].includes(playerId) && moves.push([externalPlayerId, amount]),
    );
    // What was known for rows is forgotten, as in another process.
    const forget = () =>
      world.ground.sql('leaderboards', 'delete from player_profile where player_id = any($1)', [[lea, max]]);
    await forget();
    world.others.away.add('identity');
    world.clock.set(new Date(Date.parse(period!) + weekMs + 60_000));
    const periods = world.host.service('leaderboards').app.get(Periods);
    const lists = `select leaderboard_id as id, finalized_at is not null as frozen from board
                    where opens_at = $1 and segment = 'bronze' and definition_id is not null`;
    const list = async () =>
      (await world.ground.sql<{ id: string; frozen: boolean }>('leaderboards', lists, [period]))[0]!;
    await periods.closeDue();
    expect([(await list()).frozen, moves]).toEqual([false, []]);
    world.others.away.clear();
    await periods.closeDue();
    const { id, frozen } = await list();
    expect(frozen).toBe(true);
    await eventually(() =>
      expect(moves).toEqual([
        ['lea', 1],
        ['max', -1],
      ]),
    );

    await forget();
    const final = () =>
      world.messenger.request(readFinalStandings, { scope: world.scope, leaderboardId: id, afterRank: 0, limit: 9 });
    world.others.away.add('identity');
    await expect(final()).rejects.toMatchObject({ status: 503 });
    world.others.away.clear();
    expect((await final()).standings.map(({ externalPlayerId }) => externalPlayerId)).toEqual(['lea', 'max']);
  });

  it('keeps the limits of the ladder it began with', async () => {
    world.clock.set(new Date('2026-10-21T00:00:00.000Z'));
    await world.submit('league', world.player('noa'), 1);
    const limits = async (segment: string) => (await world.read('league', { segment })).progression;
    const changed = { ...weeklyLeague, progression: { itemKey: 'league_tier', promote: { places: 4 } } };
    expect(await world.configure([changed])).toEqual([]);
    const began = { promotion: { places: 1 }, relegation: { places: 1 } };
    expect(await limits('bronze')).toMatchObject(began);
    world.clock.advance(weekMs);
    await world.submit('league', world.player('oda'), 1);
    expect(await limits('bronze')).toMatchObject({ promotion: { places: 4 }, relegation: null });
    expect(await world.configure([weeklyLeague])).toEqual([]);
  });

  it('does not wait for that of another board which cannot be closed', async () => {
    const stray = uuidV7();
    const insert = `insert into leaderboard_period (leaderboard_id, environment, started_at, ended_at)
                    values ($1::uuid, 'live', '2026-01-05', '2026-01-12')`;
    await world.ground.sql('leaderboards', insert, [stray]);
    await world.submit('weekly_sum', world.player('eve'), 7);
    const { board } = await world.read('weekly_sum');
    world.clock.advance(weekMs + 60_000);
    await world.host.service('leaderboards').app.get(Periods).closeDue();
    const asked = { scope: world.scope, key: 'weekly_sum', limit: 20 };
    const { periods } = await world.messenger.request(readBoardPeriods, asked);
    expect(periods.map(({ periodStartedAt }) => periodStartedAt)).toContain(board.period);
    await world.ground.sql('leaderboards', 'delete from leaderboard_period where leaderboard_id = $1', [stray]);
  });
});
