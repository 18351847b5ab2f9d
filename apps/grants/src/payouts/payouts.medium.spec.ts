import { randomUUID } from 'node:crypto';
import { attemptCompleted } from '@kraty/contracts/events';
import { grantCreated, type Grant } from '@kraty/contracts/grants';
import type { Fact } from '@kraty/contracts/messages';
import { eventually } from '@kraty/testing/harness';
import { shareOrder } from '../settlements/pool.js';
import { GrantsWorld, paying, payingEntries, prize } from '../testing/grants-world.fixture.js';
import { PayoutsService } from './payouts.service.js';

describe('payouts of completed attempts', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  async function payoutOf(attemptId: string) {
    const text = 'select outcome, failure, pinned_revisions, roll_secret_version from payout where payout_key = $1';
    return eventually(async () => {
      const rows = await world.ground.sql('grants', text, [`attempt:${attemptId}`]);
      expect(rows).toHaveLength(1);
      return rows[0]!;
    });
  }

  it('grants the bundle, pending, and tells it', async () => {
    const heard: Fact<{ playerId: string; grant: Grant }>[] = [];
    const stop = world.messenger.onFact(grantCreated, (fact) => heard.push(fact));
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const { attemptId } = world.complete(scope, player);
    const [grant] = await eventually(async () => {
      const pending = await world.pending(scope, player);
      expect(pending).toHaveLength(1);
      return pending;
    });
    const now = world.clock.now().toISOString();
    expect(grant).toEqual({
      id: grant!.id,
      kind: 'reward',
      contents: { entries: prize.entries },
      sourceKind: 'event_completion',
      sourceRefId: attemptId,
      parentGrantId: null,
      status: 'pending',
      rolledAt: now,
      claimedAt: null,
      expiresAt: null,
      createdAt: now,
      ackedBy: null,
    });
    await eventually(() => expect(heard.map(({ payload }) => payload)).toEqual([{ playerId: player.playerId, grant }]));
    stop();
  });

  it('pays once, however often the fact is delivered', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const completed = world.complete(scope, player);
    for (let times = 0; times < 5; times += 1) {
      world.publish(attemptCompleted, scope, completed.attemptId, completed);
    }
    const last = world.complete(scope, player);
    await payoutOf(last.attemptId);
    expect(await world.pending(scope, player)).toHaveLength(2);
  });

  it('pays the revision in force at the completion, not the one of now', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const completedAt = world.clock.now().toISOString();
    world.clock.advance(1_000);
    await world.configure(scope, 'grants', {
      rewardBundles: [{ ...prize, entries: [{ type: 'currency', currencyKey: 'gold', amount: 1 }] }],
    });
    const late = world.complete(scope, player, { completedAt });
    expect((await payoutOf(late.attemptId)).pinned_revisions).toEqual([
      { kind: 'bundle', key: 'daily_prize', revision: 1 },
    ]);
    const fresh = world.complete(scope, player);
    expect((await payoutOf(fresh.attemptId)).pinned_revisions).toEqual([
      { kind: 'bundle', key: 'daily_prize', revision: 2 },
    ]);
    const pending = await world.pending(scope, player);
    expect(pending.map(({ contents }) => contents.entries.length).toSorted()).toEqual([1, 2]);
  });

  it('still pays a completion from before the bundle was archived', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const completedAt = world.clock.now().toISOString();
    world.clock.advance(1_000);
    await world.archiveBundles(scope, 'daily_prize');
    const before = world.complete(scope, player, { completedAt });
    const after = world.complete(scope, player);
    expect(await payoutOf(before.attemptId)).toMatchObject({ outcome: 'granted' });
    expect(await payoutOf(after.attemptId)).toMatchObject({
      outcome: 'failed',
      failure: expect.stringMatching(/archived/),
    });
  });

  it('rolls ranges the same for the same attempt on every roll, and marks a payout that rolled nothing', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    const empty = payingEntries([{ type: 'currency', currencyKey: 'gold', amount: { min: 0, max: 1 } }]);
    const attempts = Array.from({ length: 40 }, () => world.complete(scope, player, { rewardPolicy: empty }));
    const outcomes = await Promise.all(attempts.map(async ({ attemptId }) => (await payoutOf(attemptId)).outcome));
    expect(new Set(outcomes)).toEqual(new Set(['granted', 'empty']));
    const granted = outcomes.filter((outcome) => outcome === 'granted').length;
    expect(await world.pending(scope, player)).toHaveLength(granted);
  });

  it('records a bundle that never was, and goes on with the others', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const lost = world.complete(scope, player, { rewardPolicy: paying('gone') });
    const { attemptId } = world.complete(scope, player);
    expect(await payoutOf(lost.attemptId)).toMatchObject({ outcome: 'failed' });
    expect(await payoutOf(attemptId)).toMatchObject({ outcome: 'granted', roll_secret_version: 1 });
  });

  it('pays nothing for a completion without a policy', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    world.complete(scope, player, { rewardPolicy: null });
    await payoutOf(world.complete(scope, player).attemptId);
    expect(await world.pending(scope, player)).toHaveLength(1);
  });

  it('seals the roll secret of a game', async () => {
    const scope = await world.game(prize);
    await world.setSettings(scope, {});
    await eventually(async () => {
      const text = 'select version, length(sealed) as length from roll_secret where game_id = $1';
      const rows = await world.ground.sql('grants', text, [scope.gameId]);
      expect(rows).toEqual([{ version: 1, length: 1 + 12 + 16 + 32 }]);
    });
  });

  it('lists newest first and stops at the limit', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const first = await world.grantFor(scope, player);
    world.clock.advance(1_000);
    const second = await world.grantFor(scope, player);
    expect((await world.pending(scope, player)).map(({ id }) => id)).toEqual([second.id, first.id]);
    expect((await world.pending(scope, player, 1)).map(({ id }) => id)).toEqual([second.id]);
  });

  it('pays a share of a pool though its currency was archived: nothing is rolled', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    await world.archive(scope, 'currencies', 'gold');
    const pool = { scope, eventWindowId: randomUUID(), leaderboardId: null, currencyKey: 'gold', share: 90 };
    const share = shareOrder({ ...pool, pinAt: world.clock.now() }, { ...player, wonAs: player.playerId });
    await world.grants.service('grants').app.get(PayoutsService).pay([share]);
    const [grant] = await world.pending(scope, player);
    expect(grant!.contents.entries).toEqual([{ type: 'currency', currencyKey: 'gold', amount: 90 }]);
    expect(await world.claim(scope, player, grant!.id)).toMatchObject({ status: 'claimed' });
    expect(await world.depositRows(grant!.id)).toEqual([{ resource_key: 'gold', delta: 90 }]);
  });
});
