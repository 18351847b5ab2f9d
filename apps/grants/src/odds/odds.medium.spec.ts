import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { compareOdds, openCrate, readOdds, simulateTable, type RewardEntry } from '@kraty/contracts/grants';
import { GrantsWorld } from '../testing/grants-world.fixture.js';
import { eventually } from '@kraty/testing/harness';

const gold = (amount: number): RewardEntry => ({ type: 'currency', currencyKey: 'gold', amount });
const openings = 120;

describe('odds, on paper and in fact', () => {
  let world: GrantsWorld;
  let scope: Scope;
  let player: PlayerRef;
  const opened: string[] = [];

  beforeAll(async () => {
    world = await GrantsWorld.start();
    scope = await world.gameOf({
      items: [{ key: 'box', name: 'Box', itemTypeKey: 'crate', crate: { tableKey: 'T', rolls: 2 } }],
      rewardTables: [
        {
          key: 'inner',
          name: 'Inner',
          weightedEntries: [
            { weight: 1, entry: gold(4) },
            { weight: 1, entry: gold(6) },
          ],
        },
        {
          ...{ key: 'T', name: 'T' },
          weightedEntries: [
            { weight: 3, entry: gold(10) },
            { weight: 1, entry: { type: 'table', tableKey: 'inner' } },
          ],
        },
      ],
    });
    player = world.newPlayer();
    const box = { type: 'crate' as const, crateItemKey: 'box', quantity: openings };
    world.complete(scope, player, { rewardPolicy: { type: 'fixed_bundle', parameters: { entries: [box] } } });
    const crates = await eventually(async () => {
      const pending = await world.pending(scope, player, 200);
      expect(pending).toHaveLength(openings);
      return pending;
    });
    for (const { id } of crates) {
      opened.push((await world.messenger.request(openCrate, { scope, player, grantId: id })).contents.id);
    }
  });

  afterAll(async () => {
    await world.stop();
  });

  it('are told of a crate by the rolls of the crate', async () => {
    const odds = await world.messenger.request(readOdds, { game: scope, crateItemKey: 'box' });
    expect(odds).toMatchObject({
      tableKey: 'T',
      rolls: 2,
      resources: [{ key: 'gold', expected: 17.5, atLeastOne: 1 }],
    });
    expect(odds.picks.map(({ path, probability }) => [path, probability])).toEqual([
      [[0], 0.75],
      [[1, 0], 0.125],
      [[1, 1], 0.125],
    ]);
  });

  it.each([{ tableKey: 'gone' }, { crateItemKey: 'gone' }])('are told of nothing else: %j', async (of) => {
    await expect(world.messenger.request(readOdds, { game: scope, ...of })).rejects.toMatchObject({ status: 404 });
  });

  it('agree with what crates have rolled, every roll proved', async () => {
    const report = await world.messenger.request(compareOdds, { scope, tableKey: 'T' });
    expect(report).toMatchObject({ tableKey: 'T', revision: 1, openings, picks: 2 * openings, mismatches: [] });
    expect(report.degreesOfFreedom).toBe(1);
    expect(report.outcomes.map(({ expected }) => expected)).toEqual([180, 60]);
    expect(report.outcomes.reduce((sum, { observed }) => sum + observed, 0)).toBe(2 * openings);
    expect(report.pValue).toBeGreaterThan(1e-6);
  });

  it('name an opening whose contents are not what was rolled', async () => {
    const text = `update player_grant set contents = '{"entries":[{"type":"currency","currencyKey":"gold","amount":999}]}'
                   where id = $1 returning parent_grant_id`;
    const [row] = await world.ground.sql<{ parent_grant_id: string }>('grants', text, [opened[0]]);
    const { mismatches } = await world.messenger.request(compareOdds, { scope, tableKey: 'T' });
    expect(mismatches).toEqual([row!.parent_grant_id]);
  });

  it('can be simulated, the same again under the same seed', async () => {
    const simulate = (seed: string | null) =>
      world.messenger.request(simulateTable, { game: scope, table: { id: 'T' }, opens: 5_000, seed });
    const first = await simulate('seed');
    expect(await simulate('seed')).toEqual(first);
    const [totals] = first.totals;
    expect(totals).toMatchObject({ key: 'gold', min: 4, p50: 10, max: 10 });
    expect(totals!.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
    expect(Math.abs(totals!.mean - first.expectedValue['gold']!)).toBeLessThan(0.2);
    expect((await simulate(null)).seed).not.toBe((await simulate(null)).seed);
  });
});
