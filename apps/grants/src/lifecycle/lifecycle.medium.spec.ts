import { randomUUID } from 'node:crypto';
import type { PlayerRef } from '@kraty/contracts/common';
import { levelReached } from '@kraty/contracts/economy';
import { eraseGrants, grantExpired, mergeGrants, readPayouts } from '@kraty/contracts/grants';
import { eventually } from '@kraty/testing/harness';
import type { PayoutOrder } from '../payouts/payout.js';
import { PayoutsService } from '../payouts/payouts.service.js';
import { RepairsService } from '../repairs/repairs.service.js';
import { GrantsWorld, prize } from '../testing/grants-world.fixture.js';

describe('grants of players who are merged or erased', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  it('move to the target, whatever their status, once', async () => {
    const scope = await world.game(prize);
    const [from, to] = [world.newPlayer('guest'), world.newPlayer('mira')];
    const claimed = await world.grantFor(scope, from);
    await world.claim(scope, from, claimed.id);
    const pending = await world.grantFor(scope, from);
    const merge = () => world.messenger.request(mergeGrants, { scope, from, to });
    expect(await merge()).toEqual({ grantsReassigned: 2 });
    expect(await merge()).toEqual({ grantsReassigned: 0 });
    expect(await world.pending(scope, from)).toEqual([]);
    expect(await world.pending(scope, to)).toEqual([pending]);
    expect(await world.claim(scope, to, pending.id)).toMatchObject({ status: 'claimed' });
    expect(await world.holdings(scope, to)).toEqual({ gold: 100, torch: 2 });
  });

  it('pay no level again that either of them was paid', async () => {
    const scope = await world.game();
    const [from, to] = [world.newPlayer('guest'), world.newPlayer('mira')];
    const level = (player: typeof from, reached: number) => {
      const reward = { entries: [{ type: 'currency' as const, currencyKey: 'gold', amount: 5 }] };
      const reachedAt = world.clock.now().toISOString();
      const payload = { ...player, economyKey: 'rank', level: reached, reward, reachedAt };
      world.publish(levelReached, scope, player.playerId, payload);
      return `level:${player.playerId}:rank:${reached}`;
    };
    const paid = (key: string) =>
      eventually(async () => {
        const { payouts } = await world.messenger.request(readPayouts, { scope, payoutKeys: [key] });
        expect(payouts[key]).toBeDefined();
      });
    await paid(level(from, 2));
    await world.messenger.request(mergeGrants, { scope, from, to });
    level(to, 2);
    await paid(level(to, 3));
    expect(await world.pending(scope, to)).toHaveLength(2);
  });

  it('leave each the rank and the share of a pool that the other was paid as well', async () => {
    const scope = await world.game();
    const [from, to] = [world.newPlayer('guest'), world.newPlayer('mira')];
    const place = randomUUID();
    const order = (prefix: string, { playerId, externalPlayerId }: typeof from): PayoutOrder => ({
      ...{ scope, playerId, externalPlayerId, payoutKey: `${prefix}:${place}:${playerId}`, pinAt: world.clock.now() },
      contents: { settled: [{ type: 'currency', currencyKey: 'gold', amount: 5 }] },
      ...{ sourceKind: 'event_window', sourceRefId: place },
    });
    const pay = (player: typeof from) =>
      world.grants
        .service('grants')
        .app.get(PayoutsService)
        .pay([order('rank', player), order('pool', player)]);
    await pay(from);
    await world.messenger.request(mergeGrants, { scope, from, to });
    await pay(to);
    expect(await world.pending(scope, to)).toHaveLength(4);
  });

  it('take along what could not be rolled yet, and lose it in an erasure', async () => {
    const scope = await world.game(prize);
    const [from, to, gone] = ['guest', 'mira', 'noor'].map((name) => world.newPlayer(name)) as [
      PlayerRef,
      PlayerRef,
      PlayerRef,
    ];
    await world.archiveBundles(scope, 'daily_prize');
    for (const player of [from, gone]) world.complete(scope, player);
    await eventually(async () => {
      const text = `select outcome from payout where game_id = $1 and outcome = 'failed'`;
      expect(await world.ground.sql('grants', text, [scope.gameId])).toHaveLength(2);
    });
    await world.messenger.request(mergeGrants, { scope, from, to });
    const erasure = { scope, playerId: gone.playerId, anonymizedExternalId: '__erased__' };
    await world.messenger.request(eraseGrants, erasure);
    await world.configure(scope, 'grants', { rewardBundles: [prize] });
    const due = { game_id: scope.gameId, studio_id: scope.studioId, changes: 0, tries: 0 };
    const repairs = world.grants.service('grants').app.get(RepairsService);
    await repairs.drive({ ...due, after_environment: null, after_key: null });
    expect(await world.pending(scope, to)).toHaveLength(1);
    for (const player of [from, gone]) expect(await world.pending(scope, player)).toEqual([]);
  });

  it('stay for the books after an erasure; pending ones run out, and nobody is told', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const claimed = await world.grantFor(scope, player);
    await world.claim(scope, player, claimed.id);
    const { id } = await world.grantFor(scope, player);
    const erased = { scope, playerId: player.playerId, anonymizedExternalId: '__deleted_1__' };
    expect(await world.messenger.request(eraseGrants, erased)).toEqual({ expired: 1 });
    expect(await world.messenger.request(eraseGrants, erased)).toEqual({ expired: 1 });
    expect([await world.statusOf(claimed.id), await world.statusOf(id)]).toMatchObject([
      { status: 'claimed' },
      { status: 'expired' },
    ]);
    const told = 'select 1 from outbox where subject = $1 and payload like $2';
    expect(await world.ground.sql('grants', told, [grantExpired.subject, `%${scope.gameId}%`])).toEqual([]);
  });

  it('name nobody who was erased among the winners of a pool', async () => {
    const scope = await world.game();
    const [player, other] = [world.newPlayer('mira'), world.newPlayer('noor')];
    await world.ground.sql(
      'grants',
      `insert into pool_winner (game_id, environment, subject, ordinal, player_id, external_player_id)
       select $1, $2, 'window:1', ordinal, id, name
         from unnest($3::int[], $4::uuid[], $5::text[]) as won(ordinal, id, name)`,
      [scope.gameId, scope.environment, [1, 2], [player.playerId, other.playerId], ['mira', 'noor']],
    );
    const erased = { scope, playerId: player.playerId, anonymizedExternalId: '__deleted_1__' };
    await world.messenger.request(eraseGrants, erased);
    const text = 'select external_player_id as name from pool_winner where game_id = $1 order by ordinal';
    expect(await world.ground.sql('grants', text, [scope.gameId])).toEqual([
      { name: '__deleted_1__' },
      { name: 'noor' },
    ]);
  });
});
