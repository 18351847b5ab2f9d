import { randomUUID } from 'node:crypto';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { levelReached } from '@kraty/contracts/economy';
import { milestoneReached } from '@kraty/contracts/events';
import {
  readPayouts,
  rollPreview,
  type GrantedEntry,
  type MilestoneReward,
  type RewardEntry,
  type RewardTableConfiguration,
} from '@kraty/contracts/grants';
import { ladderMoved } from '@kraty/contracts/leaderboards';
import { eventually } from '@kraty/testing/harness';
import { RepairRoundsService } from '../repairs/repair-rounds.service.js';
import { RepairsService, settlingMs } from '../repairs/repairs.service.js';
import { GrantsWorld, payingEntries, prize } from '../testing/grants-world.fixture.js';

const gold = (amount: number): GrantedEntry => ({ type: 'currency', currencyKey: 'gold', amount });

describe('payouts of every source', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const payouts = async (scope: Scope, ...payoutKeys: string[]) =>
    (await world.messenger.request(readPayouts, { scope, payoutKeys })).payouts;

  const paid = (scope: Scope, key: string) =>
    eventually(async () => {
      const made = (await payouts(scope, key))[key];
      expect(made).toBeDefined();
      return made!;
    });

  function reach(scope: Scope, player: PlayerRef, attemptId: string, milestone: MilestoneReward): string {
    const event = { eventId: randomUUID(), eventKey: 'race', eventWindowId: randomUUID() };
    const reachedAt = world.clock.now().toISOString();
    world.publish(milestoneReached, scope, attemptId, { attemptId, ...event, ...player, milestone, reachedAt });
    return `milestone:${attemptId}:${milestone.key}`;
  }

  it('pays a milestone once, and tells whoever asks for it by its key', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const attemptId = randomUUID();
    const milestone = { key: 'half', metricKey: 'shells', threshold: 5, rewardBundleKey: 'daily_prize' };
    expect(await payouts(scope, `milestone:${attemptId}:half`)).toEqual({});
    const key = reach(scope, player, attemptId, milestone);
    const [grant] = await paid(scope, key);
    expect(grant).toMatchObject({
      ...{ sourceKind: 'event_milestone', sourceRefId: attemptId, status: 'pending' },
      contents: { entries: prize.entries },
    });
    reach(scope, player, attemptId, milestone);
    const other = reach(scope, player, randomUUID(), milestone);
    await paid(scope, other);
    await world.claim(scope, player, grant!.id);
    expect((await payouts(scope, key, 'milestone:none'))[key]).toMatchObject([{ id: grant!.id, status: 'claimed' }]);
    expect(await world.pending(scope, player)).toHaveLength(1);
  });

  it('pays a level once for ever', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    const level = {
      ...{ ...player, economyKey: 'rank', level: 3, reward: { entries: [gold(30)] } },
      reachedAt: world.clock.now().toISOString(),
    };
    world.publish(levelReached, scope, player.playerId, level);
    world.publish(levelReached, scope, player.playerId, level);
    const [grant] = await paid(scope, `level:${player.playerId}:rank:3`);
    expect(grant).toMatchObject({ sourceKind: 'progression', sourceRefId: 'rank:3' });
    world.publish(levelReached, scope, player.playerId, { ...level, level: 4 });
    await paid(scope, `level:${player.playerId}:rank:4`);
    expect(await world.pending(scope, player)).toHaveLength(2);
  });

  it('notes a move on a ladder; claiming the notice changes nothing', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    const leaderboardId = randomUUID();
    const operationId = `ladder:${leaderboardId}:-:-:${player.playerId}`;
    world.publish(ladderMoved, scope, operationId, {
      ...{ operationId, ...player, leaderboardId, segment: 'gold_league', itemKey: 'league', amount: -1 },
      ...{ ceiling: null, rank: 9, movedAt: world.clock.now().toISOString() },
    });
    const [grant] = await paid(scope, operationId);
    expect(grant).toMatchObject({
      ...{ kind: 'reward', sourceKind: 'progression', sourceRefId: leaderboardId },
      contents: { entries: [], ladder: { itemKey: 'league', amount: -1, rank: 9, segment: 'gold_league' } },
    });
    expect(await world.claim(scope, player, grant!.id)).toMatchObject({ status: 'claimed' });
    expect(await world.holdings(scope, player)).toEqual({});
  });

  describe('through tables', () => {
    const outcomes = (...entries: RewardEntry[]) => entries.map((entry) => ({ weight: 1, entry }));
    const inner: RewardTableConfiguration = { key: 'inner', name: 'Inner', weightedEntries: outcomes(gold(7)) };
    const outer: RewardTableConfiguration = {
      ...{ key: 'outer', name: 'Outer', rolls: 3 },
      weightedEntries: outcomes({ type: 'table', tableKey: 'inner', rolls: 2 }),
    };
    const rolling: RewardEntry[] = [{ type: 'table', tableKey: 'outer' }];
    const pinned = async (attemptId: string) => {
      const text = 'select outcome, failure, pinned_revisions from payout where payout_key = $1';
      return eventually(async () => {
        const [row] = await world.ground.sql('grants', text, [`attempt:${attemptId}`]);
        expect(row).toBeDefined();
        return row!;
      });
    };

    const outcomeOf = async (payoutKey: string) => {
      const [row] = await world.ground.sql('grants', 'select outcome from payout where payout_key = $1', [payoutKey]);
      return row?.['outcome'];
    };
    const repairOf = async ({ gameId }: Scope) => {
      const text = 'select changes, tries from payout_repair where game_id = $1';
      const [row] = await world.ground.sql<{ changes: number; tries: number }>('grants', text, [gameId]);
      return row;
    };

    /** Waits until the last change of the game is heard of and seen to. */
    async function repaired(scope: Scope): Promise<void> {
      await eventually(async () => expect(await repairOf(scope)).toBeDefined());
      world.clock.advance(settlingMs);
      await eventually(async () => {
        world.clock.advance(1_000);
        await world.grants.service('grants').app.get(RepairRoundsService).repair();
        expect(await repairOf(scope)).toBeUndefined();
      });
    }

    it('rolls nested ones with the revisions of the pin instant, and stores those', async () => {
      const scope = await world.gameOf({ rewardTables: [inner, outer] });
      const player = world.newPlayer();
      const completedAt = world.clock.now().toISOString();
      world.clock.advance(1_000);
      await world.configure(scope, 'grants', {
        rewardTables: [{ ...inner, weightedEntries: outcomes(gold(1)) }, outer],
      });
      const late = world.complete(scope, player, { completedAt, rewardPolicy: payingEntries(rolling) });
      const row = await pinned(late.attemptId);
      expect(row['pinned_revisions']).toEqual([
        { kind: 'table', key: 'outer', revision: 1 },
        { kind: 'table', key: 'inner', revision: 1 },
      ]);
      const [grant] = await world.pending(scope, player);
      expect(grant!.contents.entries).toEqual(Array.from({ length: 6 }, () => gold(7)));
    });

    it('fails for a table or a key that was archived, and says why', async () => {
      const scope = await world.gameOf({ rewardTables: [inner, outer] });
      const player = world.newPlayer();
      await world.archive(scope, 'rewardTables', 'inner');
      const first = world.complete(scope, player, { rewardPolicy: payingEntries(rolling) });
      expect(await pinned(first.attemptId)).toMatchObject({
        ...{ outcome: 'failed', failure: 'table inner is archived, or there is none' },
      });
      await world.archive(scope, 'items', 'torch');
      const torch: RewardEntry = { type: 'item', itemKey: 'torch', quantity: 1 };
      const second = world.complete(scope, player, { rewardPolicy: payingEntries([torch]) });
      expect(await pinned(second.attemptId)).toMatchObject({
        ...{ outcome: 'failed', failure: 'item torch is not in the catalog' },
      });
      expect(await payouts(scope, `attempt:${second.attemptId}`)).toEqual({ [`attempt:${second.attemptId}`]: [] });
      expect(await world.pending(scope, player)).toEqual([]);
    });

    it('pays what failed once when its configuration is mended, and as it would have', async () => {
      const scope = await world.gameOf({ rewardBundles: [prize], rewardTables: [inner, outer] });
      const player = world.newPlayer();
      await world.archiveBundles(scope, 'daily_prize');
      await world.archive(scope, 'items', 'torch');
      world.clock.advance(1_000);
      const half = { key: 'half', metricKey: 'shells', threshold: 5, rewardBundleKey: 'daily_prize' };
      const key = reach(scope, player, randomUUID(), half);
      await eventually(async () => expect(await outcomeOf(key)).toBe('failed'));
      world.clock.advance(1_000);
      // One change mends the bundle alone: its torches are archived still, whoever is asked.
      await world.configure(scope, 'grants', { rewardBundles: [{ ...prize, entries: [gold(1)] }] });
      await repaired(scope);
      expect(await outcomeOf(key)).toBe('failed');
      await world.configure(scope, 'economy', { items: [{ key: 'torch', name: 'Torch' }] });
      await repaired(scope);
      expect(await payouts(scope, key)).toMatchObject({ [key]: [{ contents: { entries: prize.entries } }] });
      await world.configure(scope, 'economy', { items: [{ key: 'torch', name: 'Torch again' }] });
      await repaired(scope);
      expect(await world.pending(scope, player)).toHaveLength(1);
    });

    it('repaired by several workers at once, pays each once', async () => {
      const scope = await world.gameOf({ rewardBundles: [prize], rewardTables: [inner, outer] });
      const player = world.newPlayer();
      await world.archiveBundles(scope, 'daily_prize');
      const half = { key: 'half', metricKey: 'shells', threshold: 5, rewardBundleKey: 'daily_prize' };
      const keys = Array.from({ length: 120 }, () => reach(scope, player, randomUUID(), half));
      await eventually(async () => {
        const text = `select count(*)::int as count from payout where game_id = $1 and outcome = 'failed'`;
        expect(await world.ground.sql('grants', text, [scope.gameId])).toEqual([{ count: keys.length }]);
      });
      await world.configure(scope, 'grants', { rewardBundles: [prize] });
      const due = { game_id: scope.gameId, studio_id: scope.studioId, changes: 0, tries: 0 };
      const drive = () =>
        world.grants
          .service('grants')
          .app.get(RepairsService)
          .drive({ ...due, after_environment: null, after_key: null });
      expect(await Promise.all([drive(), drive(), drive()])).toEqual(['done', 'done', 'done']);
      const text = `select count(*)::int as grants, count(distinct payout_key)::int as payouts
                      from player_grant where game_id = $1`;
      expect(await world.ground.sql('grants', text, [scope.gameId])).toEqual([{ grants: 120, payouts: 120 }]);
    });

    it('does not repair while the economy is away, and does when it is back', async () => {
      const scope = await world.gameOf({ rewardTables: [inner, outer] });
      const player = world.newPlayer();
      await world.archive(scope, 'items', 'torch');
      const torch: RewardEntry = { type: 'item', itemKey: 'torch', quantity: 1 };
      const { attemptId } = world.complete(scope, player, { rewardPolicy: payingEntries([torch]) });
      await pinned(attemptId);
      await world.stopEconomy();
      await world.configure(scope, 'grants', { rewardTables: [inner] });
      // Due some time after the change is heard of, so the clock goes on until then.
      await eventually(async () => {
        world.clock.advance(settlingMs);
        await world.grants.service('grants').app.get(RepairRoundsService).repair();
        expect((await repairOf(scope))?.tries).toBeGreaterThan(0);
      });
      expect(await outcomeOf(`attempt:${attemptId}`)).toBe('failed');
      await world.startEconomy();
      await world.configure(scope, 'economy', { items: [{ key: 'torch', name: 'Torch' }] });
      await repaired(scope);
      expect(await outcomeOf(`attempt:${attemptId}`)).toBe('granted');
    });

    it('does not wait for an economy that is away', async () => {
      const scope = await world.gameOf({ rewardTables: [inner, outer] });
      const player = world.newPlayer();
      await world.stopEconomy();
      const { attemptId } = world.complete(scope, player, { rewardPolicy: payingEntries(rolling) });
      expect(await pinned(attemptId)).toMatchObject({ outcome: 'granted' });
      await world.startEconomy();
    });

    it('previews what a key would give, and writes nothing', async () => {
      const scope = await world.gameOf({ rewardTables: [inner, outer] });
      const player = world.newPlayer();
      const range: RewardEntry = { type: 'currency', currencyKey: 'gold', amount: { min: 1, max: 1_000_000 } };
      const { attemptId } = world.complete(scope, player, { rewardPolicy: payingEntries([range]) });
      const [grant] = await paid(scope, `attempt:${attemptId}`);
      const ask = (payoutKey: string, contents: { entries: RewardEntry[] } | { rewardBundleKey: string }) =>
        world.messenger.request(rollPreview, { game: scope, payoutKey, contents });
      expect(await ask(`attempt:${attemptId}`, { entries: [range] })).toEqual({
        ...{ entries: grant!.contents.entries, problem: null },
      });
      expect(await ask('preview:7', { entries: [range] })).toEqual(await ask('preview:7', { entries: [range] }));
      expect(await ask('preview', { rewardBundleKey: 'gone' })).toEqual({
        ...{ entries: [], problem: 'there is no bundle gone' },
      });
      expect(await payouts(scope, 'preview', 'preview:7')).toEqual({});
    });
  });
});
