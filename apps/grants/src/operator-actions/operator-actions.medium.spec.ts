import { randomUUID } from 'node:crypto';
import type { Idempotency, PlayerRef, Scope } from '@kraty/contracts/common';
import type { RewardedAttempt } from '@kraty/contracts/events';
import {
  createManualGrant,
  forceClaimGrant,
  retryRewardRoll,
  type Grant,
  type RewardEntry,
  type RewardPolicy,
} from '@kraty/contracts/grants';
import { operatorActed, type Operator, type OperatorAct } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { SweepService } from '../expiry/sweep.service.js';
import { ForeignDouble } from '../testing/foreign-double.fixture.js';
import { GrantsWorld, paying, prize } from '../testing/grants-world.fixture.js';

const dayMs = 24 * 3_600_000;
const gold = (amount: number) => ({ type: 'currency' as const, currencyKey: 'gold', amount });
const operator: Operator = {
  ...{ memberId: randomUUID(), email: 'op@example.com', name: 'Op', sessionId: 's', tokenId: null, limitedTo: null },
  ...{ requestId: 'r-1', ip: null, userAgent: null },
};
const keyed = (key: string): Idempotency => ({ key, operation: 'POST', bodyHash: 'a'.repeat(64) });

describe('what operators do with grants', () => {
  let world: GrantsWorld;
  let foreign: ForeignDouble;
  const acts: OperatorAct[] = [];

  beforeAll(async () => {
    world = await GrantsWorld.start();
    foreign = await ForeignDouble.start(world.ground);
    world.messenger.onFact(operatorActed.grants, ({ payload }) => acts.push(payload));
  });

  afterAll(async () => {
    await foreign.stop();
    await world.stop();
  });

  const actOf = (auditId: string) =>
    eventually(() => {
      const found = acts.filter((act) => act.auditId === auditId);
      expect(found).toHaveLength(1);
      return found[0]!;
    });

  describe('a manual grant', () => {
    const create = (scope: Scope, player: PlayerRef, idempotency: Idempotency | null = null) =>
      world.messenger.request(createManualGrant, {
        ...{ operator, scope, player, sourceRefId: 'ticket-7', reason: 'lost items', idempotency },
        grant: { kind: 'reward', entries: [gold(50)], expiresAt: null, metadata: null },
      });

    it('is made once a key, and on record with its reason', async () => {
      const scope = await world.game();
      const player = world.newPlayer();
      const made = await Promise.all([1, 2, 3].map(() => create(scope, player, keyed('click'))));
      expect(new Set(made.map(({ grant }) => grant.id)).size).toBe(1);
      expect(made[0]!.grant).toMatchObject({ sourceKind: 'admin', sourceRefId: 'ticket-7', status: 'pending' });
      expect(await world.pending(scope, player)).toHaveLength(1);
      expect(await actOf(made[0]!.auditId)).toMatchObject({
        ...{ action: 'grant.manual_create', reason: 'lost items', environment: 'live' },
        metadata: { externalPlayerId: 'mira', reason: 'lost items' },
        actor: { type: 'member', id: operator.memberId },
      });
    });
  });

  describe('a forced claim', () => {
    const force = (scope: Scope, grantId: string, idempotency: Idempotency | null = null) =>
      world.messenger.request(forceClaimGrant, { operator, scope, grantId, reason: 'support', idempotency });

    it('delivers at once, and again changes nothing but is on record', async () => {
      const scope = await world.game(prize);
      const player = world.newPlayer();
      const { id } = await world.grantFor(scope, player);
      const forced = await force(scope, id, keyed('f-1'));
      expect(forced).toMatchObject({
        applied: true,
        contentsGrant: null,
        grant: { status: 'claimed', ackedBy: 'admin' },
      });
      expect(await world.holdings(scope, player)).toEqual({ gold: 100, torch: 2 });
      expect(await actOf(forced.auditId)).toMatchObject({
        ...{ action: 'grant.manual_force_claim', target: { type: 'grant', id, label: 'mira' } },
        ...{ before: { status: 'pending', ackedBy: null }, after: { status: 'claimed', ackedBy: 'admin' } },
      });
      expect(await force(scope, id, keyed('f-1'))).toEqual(forced);
      const again = await force(scope, id);
      expect(again).toMatchObject({ applied: false, grant: forced.grant });
      expect(await actOf(again.auditId)).toMatchObject({ before: { status: 'claimed' }, after: { status: 'claimed' } });
      expect(await world.depositRows(id)).toHaveLength(2);
    });

    it('answers a double click alike, and delivers once', async () => {
      const scope = await world.game(prize);
      const { id } = await world.grantFor(scope, world.newPlayer());
      const clicks = await Promise.all([1, 2, 3].map(() => force(scope, id, keyed('f-twice'))));
      expect(clicks).toEqual([clicks[0], clicks[0], clicks[0]]);
      expect(await world.depositRows(id)).toHaveLength(2);
    });

    it('overrides expiry, before and after the sweep', async () => {
      const scope = await world.game(prize);
      await world.setSettings(scope, { grantDefaultTtlDays: 1 });
      const player = world.newPlayer();
      const [early, late] = [await world.grantFor(scope, player), await world.grantFor(scope, player)];
      world.clock.advance(dayMs);
      expect(await force(scope, early.id)).toMatchObject({ applied: true, grant: { status: 'claimed' } });
      await world.grants.service('grants').app.get(SweepService).sweep();
      expect(await world.statusOf(late.id)).toMatchObject({ status: 'expired' });
      expect(await force(scope, late.id)).toMatchObject({ applied: true, grant: { status: 'claimed' } });
      expect(await world.holdings(scope, player)).toEqual({ gold: 200, torch: 4 });
    });

    it('leaves an expired grant expired while the economy is away, and is finished by a repeat', async () => {
      const scope = await world.game(prize);
      await world.setSettings(scope, { grantDefaultTtlDays: 1 });
      const player = world.newPlayer();
      const { id } = await world.grantFor(scope, player);
      world.clock.advance(dayMs);
      await world.stopEconomy();
      await expect(force(scope, id)).rejects.toMatchObject({ status: 503 });
      await world.startEconomy();
      expect(await force(scope, id)).toMatchObject({ grant: { status: 'claimed', ackedBy: 'admin' } });
      expect(await world.depositRows(id)).toHaveLength(2);
      await eventually(() =>
        expect(acts.filter(({ target, after }) => target.id === id && after?.['status'] === 'claimed')).not.toEqual([]),
      );
    });

    it('opens a crate and claims what it held', async () => {
      const box: RewardEntry = { type: 'crate', crateItemKey: 'box', quantity: 1 };
      const scope = await world.gameOf({
        items: [{ key: 'box', name: 'Box', itemTypeKey: 'crate', crate: { tableKey: 'T' } }],
        rewardTables: [{ key: 'T', name: 'T', weightedEntries: [{ weight: 1, entry: gold(9) }] }],
      });
      const player = world.newPlayer();
      const { id } = await world.grantFor(scope, player, [box]);
      const forced = await force(scope, id);
      expect(forced).toMatchObject({
        ...{ applied: true, grant: { id, status: 'claimed', ackedBy: 'admin' } },
        contentsGrant: { parentGrantId: id, status: 'claimed', ackedBy: 'admin' },
      });
      expect(await world.holdings(scope, player)).toEqual({ gold: 9 });
      expect(await force(scope, id)).toMatchObject({ applied: false });
    });

    it('finds nothing of another game or environment', async () => {
      const scope = await world.game(prize);
      const { id } = await world.grantFor(scope, world.newPlayer());
      const elsewhere = [
        { ...scope, environment: 'test' as const },
        { ...scope, gameId: randomUUID() },
      ];
      for (const other of elsewhere) await expect(force(other, id)).rejects.toMatchObject({ status: 404 });
    });
  });

  describe('a repeated roll', () => {
    const retry = (scope: Scope, attemptId: string, idempotency: Idempotency | null = null) =>
      world.messenger.request(retryRewardRoll, { operator, scope, attemptId, reason: null, idempotency });

    function attempt(
      player: PlayerRef,
      rewardPolicy: RewardPolicy,
      more: Partial<RewardedAttempt> = {},
    ): RewardedAttempt {
      const described: RewardedAttempt = {
        ...{ attemptId: randomUUID(), status: 'force_completed', ...player, rewardPolicy },
        ...{ eventWindowId: randomUUID(), leaderboardId: randomUUID(), completedAt: world.clock.now().toISOString() },
        ...more,
      };
      foreign.attempts.set(described.attemptId, described);
      return described;
    }

    it('pays a forced completion once for two at once, and refuses the next with its grants', async () => {
      const scope = await world.game(prize);
      const player = world.newPlayer();
      const { attemptId } = attempt(player, paying('daily_prize'));
      const both = await Promise.allSettled([retry(scope, attemptId), retry(scope, attemptId)]);
      const [won] = both.filter((outcome) => outcome.status === 'fulfilled');
      expect(both.filter(({ status }) => status === 'rejected')).toHaveLength(1);
      expect(won!.value).toMatchObject({ grantCount: 1, grants: [{ sourceKind: 'event_completion' }] });
      expect(await actOf(won!.value.auditId)).toMatchObject({ metadata: { grantCount: 1 }, reason: null });
      const grantIds = won!.value.grants.map(({ id }: Grant) => id);
      await expect(retry(scope, attemptId)).rejects.toMatchObject({
        status: 409,
        details: { reason: 'grants_already_linked', grantIds },
      });
    });

    it('gives a double click the same answer', async () => {
      const scope = await world.game(prize);
      const { attemptId } = attempt(world.newPlayer(), paying('daily_prize'));
      const first = await retry(scope, attemptId, keyed('double'));
      expect(await retry(scope, attemptId, keyed('double'))).toEqual(first);
    });

    it('mends a roll that failed, as it would have come out then', async () => {
      const scope = await world.game(prize);
      await world.archiveBundles(scope, 'daily_prize');
      const player = world.newPlayer();
      const { attemptId, completedAt } = world.complete(scope, player);
      attempt(player, paying('daily_prize'), { attemptId, completedAt, status: 'completed' });
      const outcome = async () => {
        const text = 'select outcome from payout where payout_key = $1';
        return world.ground.sql('grants', text, [`attempt:${attemptId}`]);
      };
      await eventually(async () => expect(await outcome()).toEqual([{ outcome: 'failed' }]));
      await expect(retry(scope, attemptId)).rejects.toMatchObject({ details: { reason: 'roll_failed' } });
      world.clock.advance(1_000);
      await world.configure(scope, 'grants', { rewardBundles: [{ ...prize, entries: [gold(1)] }] });
      const { grants } = await retry(scope, attemptId);
      expect(grants.map(({ contents }) => contents.entries)).toEqual([prize.entries]);
      expect(await outcome()).toEqual([{ outcome: 'granted' }]);
    });

    it('pays nothing where nothing is due', async () => {
      const scope = await world.game();
      const { attemptId } = attempt(world.newPlayer(), { type: 'none' });
      expect(await retry(scope, attemptId)).toMatchObject({ grants: [], grantCount: 0 });
    });

    it.each<[string, RewardPolicy, Partial<RewardedAttempt>]>([
      ['attempt_not_completed', paying('daily_prize'), { status: 'expired', completedAt: null }],
      [
        'settles_at_window_close',
        {
          type: 'shared_pool',
          parameters: { pool: 5, currencyKey: 'gold', winnerPredicate: { type: 'completed' } },
        },
        {},
      ],
      [
        'settles_at_window_close',
        { type: 'rank_scaled', parameters: { tiers: [{ fromRank: 1, toRank: 1, entries: [gold(1)] }] } },
        {},
      ],
    ])('is refused as %s', async (reason, policy, more) => {
      const scope = await world.game(prize);
      const { attemptId } = attempt(world.newPlayer(), policy, more);
      await expect(retry(scope, attemptId)).rejects.toMatchObject({ status: 409, details: { reason } });
    });

    it("rolls a player's missing rank payout once the board is frozen", async () => {
      const scope = await world.game();
      const player = world.newPlayer();
      const policy: RewardPolicy = {
        type: 'rank_scaled',
        parameters: { tiers: [{ fromRank: 1, toRank: 1, entries: [gold(30)] }] },
      };
      const { attemptId, leaderboardId } = attempt(player, policy);
      const row = { rank: 1, participantId: player.playerId, kind: 'player' as const, score: 1, joinedOnly: false };
      foreign.boards.set(leaderboardId, [{ ...row, externalPlayerId: 'mira' }]);
      expect(await retry(scope, attemptId)).toMatchObject({ grants: [{ sourceKind: 'event_window' }] });
      await expect(retry(scope, attemptId)).rejects.toMatchObject({ details: { reason: 'grants_already_linked' } });
    });

    it('knows no other attempts', async () => {
      await expect(retry(await world.game(), randomUUID())).rejects.toMatchObject({ status: 404 });
    });
  });
});
