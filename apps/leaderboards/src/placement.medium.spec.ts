import { gameChanged } from '@kraty/contracts/identity';
import { joinEventBoard, readStandings, type StandingsScope } from '@kraty/contracts/leaderboards';
import { Metrics } from '@kraty/platform/telemetry';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld, entriesOf } from './boards-world.fixture.js';
import { Periods } from './periods/periods.service.js';

/** Where players land, and who stands there with them (06 §4, 10 §3.1). */
const now = '2026-06-17T12:00:00.000Z';
const weekMs = 7 * 86_400_000;
const division = {
  type: 'progression' as const,
  economyKey: 'xp',
  divisions: [
    { key: 'low', min: 0 },
    { key: 'high', min: 5 },
  ],
};
const combined = { type: 'combined' as const, axes: [division, { type: 'context' as const, key: 'team' }] };

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start(now);
  const pools = ['sailors', 'pilots'].map((key) => ({ key, name: key, entries: [{ name: `one of the ${key}` }] }));
  const runner = { key: 'runner', name: 'Runner', behavior: { type: 'single' as const, block: 'idle' as const } };
  const issues = await world.configureSections({
    identityPools: pools,
    bots: [runner, { ...runner, key: 'named', identityPoolKey: 'pilots' }],
    leaderboards: [
      { key: 'teams', name: 'Teams', resetCadence: 'weekly', segmentation: combined },
      {
        key: 'team_wealth',
        name: 'Wealth',
        resetCadence: 'weekly',
        segmentation: combined,
        rankBy: { type: 'progression', economyKey: 'xp' },
      },
      {
        key: 'wealth',
        name: 'Wealth',
        resetCadence: 'weekly',
        rankBy: { type: 'progression', economyKey: 'xp' },
      },
      { key: 'divisions', name: 'Divisions', resetCadence: 'weekly', segmentation: division },
      { key: 'countries', name: 'Countries', resetCadence: 'weekly', segmentation: { type: 'country' } },
      { key: 'plain', name: 'Plain', resetCadence: 'weekly' },
    ],
  });
  expect(issues).toEqual([]);
});

afterAll(() => world.stop());

beforeEach(() => world.clock.set(new Date(now)));

async function standings(key: string, segments: StandingsScope) {
  const asked = { scope: world.scope, key, period: null, playerId: null, progression: [], segments, segment: null };
  const limits = { limit: 10, maxSegments: 10, externalPlayerId: 'nobody' };
  return (await world.messenger.request(readStandings, { ...asked, ...limits })).segments;
}

/** Writes that did not count, for this reason. */
async function passedOverAs(reason: string): Promise<number> {
  const metrics = world.host.service('leaderboards').app.get(Metrics);
  const { values } = await metrics.registry.getSingleMetric('contributions_passed_over_total')!.get();
  return values.find(({ labels }) => labels['reason'] === reason)?.value ?? 0;
}

describe('a board split by context and more', () => {
  it('places direct scores, joins and balances by the context the player gave last', async () => {
    const [mira, nico, olga] = [world.player('mira'), world.player('nico'), world.player('olga')];
    world.others.contexts = { [mira]: { team: 'red' }, [nico]: { team: 'red' } };
    expect(await world.submit('teams', mira, 5)).toMatchObject({ score: 5, rank: 1 });
    expect((await world.join('teams', nico)).board).toMatchObject({ segment: 'low|red' });
    expect(await world.rows('teams', { segment: 'low|red' })).toEqual([
      ['mira', 5],
      ['nico', 0],
    ]);
    await expect(world.submit('teams', olga, 5)).rejects.toMatchObject({ code: 'validation_failed' });
    world.balance(mira, 'xp', 1, 7);
    await eventually(async () =>
      expect(await world.rows('team_wealth', { segment: 'high|red' })).toEqual([['mira', 7]]),
    );
    expect((await world.read('team_wealth', { playerId: mira, namesPlayer: true })).board).toMatchObject({
      segment: 'high|red',
    });
  });

  it('passes over an attempt that named no context, whatever its player said before', async () => {
    const [board, mira] = [world.openBoard(), world.player('pia')] as const;
    world.others.contexts = { [mira]: { team: 'blue' } };
    const before = await passedOverAs('no_segment');
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 9, contributesTo: ['teams', 'plain'] });
    await eventually(async () => expect(await world.rows('plain')).toContainEqual(['pia', 9]));
    // Later than the other: somebody has to be asked for the division.
    await eventually(async () => expect(await passedOverAs('no_segment')).toBe(before + 1));
    expect(await world.rows('teams', { segment: 'low|blue' })).toEqual([]);
  });
});

describe('a board split by country', () => {
  it('goes by the country the request brings while the profile has none', async () => {
    const mira = world.player('mira');
    await world.submit('countries', mira, 3, { country: 'PT' });
    expect(await world.rows('countries', { segment: 'PT' })).toEqual([['mira', 3]]);
    const nico = world.player('nico', 'BR');
    await world.submit('countries', nico, 4, { country: 'PT' });
    expect(await world.rows('countries', { segment: 'BR' })).toEqual([['nico', 4]]);
  });
});

describe('a player nobody knows', () => {
  it('has a home where one can be derived, and stands nowhere', async () => {
    expect(await standings('divisions', 'self_segment')).toEqual([
      { segment: 'low', participated: false, selfRank: null, entries: [] },
    ]);
    expect(await standings('countries', 'self_segment')).toMatchObject([{ segment: 'ZZ', participated: false }]);
    expect(await standings('teams', 'self_segment')).toEqual([]);
    expect(await standings('divisions', 'mine')).toEqual([]);
    const { board } = await world.read('divisions', { namesPlayer: true });
    expect(board).toMatchObject({ segment: 'low' });
    await expect(world.read('divisions')).rejects.toMatchObject({ code: 'validation_failed' });
  });
});

describe('a write of a period that is closed', () => {
  const passedOver = () => passedOverAs('period_closed');

  it('is counted, also by a process that has written to the period before', async () => {
    const [board, mira] = [world.openBoard(), world.player('late')] as const;
    const write = { attemptId: uuidV7(), contributesTo: ['plain'], atMs: Date.parse(now) };
    world.score(board, mira, { ...write, revision: 1, score: 1 });
    await eventually(async () => expect(await world.rows('plain')).toContainEqual(['late', 1]));
    const { board: head } = await world.read('plain');
    world.clock.advance(weekMs);
    await world.host.service('leaderboards').app.get(Periods).closeDue();
    world.score(board, mira, { ...write, revision: 2, score: 2 });
    await eventually(async () => expect(await passedOver()).toBe(1));
    expect(await world.rows('plain', { period: head.period })).toContainEqual(['late', 1]);
  });

  it('is counted as well where it is a balance', async () => {
    const before = await passedOver();
    const nico = world.player('nico');
    world.clock.advance(5 * weekMs);
    world.balance(nico, 'xp', 1, 3);
    await eventually(async () => expect(await world.rows('wealth')).toEqual([['nico', 3]]));
    const { board: head } = await world.read('wealth');
    const lateMs = world.clock.nowMs();
    world.clock.advance(weekMs);
    await world.host.service('leaderboards').app.get(Periods).closeDue();
    const afterMs = world.clock.nowMs();
    world.clock.set(new Date(lateMs));
    world.balance(nico, 'xp', 2, 4);
    world.clock.set(new Date(afterMs));
    await eventually(async () => expect(await passedOver()).toBe(before + 1));
    expect(await world.rows('wealth', { period: head.period })).toEqual([['nico', 3]]);
  });
});

describe('bots without a pool of their own', () => {
  it("take the names of the game's default pool, and of the built-in one while there is none", async () => {
    const { studioId, gameId } = world.scope;
    const names = async () => {
      const [board, mira] = [
        world.openBoard({
          botBindings: [
            { botKey: 'runner', count: 1 },
            { botKey: 'named', count: 1 },
          ],
        }),
        world.player('mira'),
      ];
      const player = { playerId: mira, externalPlayerId: 'mira' };
      // Whoever comes while the board is being opened sees it a moment without its bots.
      return eventually(async () => {
        const question = { scope: world.scope, player, leaderboardId: board, limit: 10 };
        const entries = entriesOf(await world.messenger.request(joinEventBoard, question));
        const bots = entries.filter(({ kind }) => kind === 'bot').map(({ name }) => name);
        expect(bots).toHaveLength(2);
        return bots.toSorted();
      });
    };
    expect((await names()).filter((name) => name?.startsWith('one of the'))).toEqual(['one of the pilots']);
    const settings = { acceptClientScores: true, defaultIdentityPoolKey: 'sailors' } as never;
    world.publish(gameChanged, gameId, 2, { gameId, studioId, archivedAt: null, settings });
    await eventually(async () => expect(await names()).toEqual(['one of the pilots', 'one of the sailors']));
  });
});
