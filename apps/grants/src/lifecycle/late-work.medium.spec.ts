import { randomUUID } from 'node:crypto';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { mergeHoldings } from '@kraty/contracts/economy';
import {
  createGrant,
  eraseGrants,
  grantCreated,
  mergeGrants,
  openCrate,
  type RewardEntry,
} from '@kraty/contracts/grants';
import { eventually } from '@kraty/testing/harness';
import { ClaimsStore } from '../claims/claims.store.js';
import { RecoveryService } from '../claims/recovery.service.js';
import type { PayoutOrder } from '../payouts/payout.js';
import { PayoutsService } from '../payouts/payouts.service.js';
import { GrantsWorld, prize } from '../testing/grants-world.fixture.js';

const gold: RewardEntry = { type: 'currency', currencyKey: 'gold', amount: 5 };
const box: RewardEntry = { type: 'crate', crateItemKey: 'box', quantity: 1 };
const staleMs = 16_000;

/** Engine work that comes too late for a player who was merged away belongs to the target (12 §7.4). */
describe('work that comes after its player was merged away', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const merge = async (scope: Scope, from: PlayerRef, to: PlayerRef) => {
    await world.messenger.request(mergeHoldings, { scope, sagaId: randomUUID(), from, to });
    return world.messenger.request(mergeGrants, { scope, from, to });
  };

  const orderFor = (scope: Scope, { playerId, externalPlayerId }: PlayerRef): PayoutOrder => ({
    ...{ scope, playerId, externalPlayerId, payoutKey: `attempt:${randomUUID()}`, pinAt: world.clock.now() },
    contents: { settled: [{ type: 'currency', currencyKey: 'gold', amount: 5 }] },
    ...{ sourceKind: 'event_completion', sourceRefId: randomUUID() },
  });

  const service = <T>(type: new (...parameters: never[]) => T): T => world.grants.service('grants').app.get(type);

  const pay = (...orders: PayoutOrder[]) => service(PayoutsService).pay(orders);

  const create = (scope: Scope, player: PlayerRef) =>
    world.messenger.request(createGrant, {
      ...{ scope, player, sourceKind: 'api' as const, sourceRefId: null },
      grant: {
        kind: 'reward',
        entries: [{ type: 'currency', currencyKey: 'gold', amount: 1 }],
        expiresAt: null,
        metadata: null,
      },
      idempotency: { key: randomUUID(), operation: 'POST /grants', bodyHash: 'a'.repeat(64) },
      actor: { apiKeyId: randomUUID(), apiKeyPrefix: 'sabcdefg', requestId: 'r-1' },
    });

  const owners = (scope: Scope) =>
    world.ground.sql<{ player_id: string; external_player_id: string; count: number }>(
      'grants',
      `select player_id, external_player_id, count(*)::int from player_grant where game_id = $1 group by 1, 2`,
      [scope.gameId],
    );

  it('is given to the target, told so, and once', async () => {
    const told: string[] = [];
    const scope = await world.game(prize);
    const stop = world.messenger.onFact(grantCreated, ({ scope: where, payload }) => {
      if (where.gameId === scope.gameId) told.push(payload.playerId);
    });
    const [guest, mira, noor] = ['guest', 'mira', 'noor'].map((name) => world.newPlayer(name)) as [
      PlayerRef,
      PlayerRef,
      PlayerRef,
    ];
    await merge(scope, guest, mira);
    const late = orderFor(scope, guest);
    await Promise.all([pay(late), pay(late), pay(late)]);
    world.complete(scope, guest);
    await eventually(async () => expect(await owners(scope)).toMatchObject([{ player_id: mira.playerId, count: 2 }]));
    await merge(scope, mira, noor);
    await pay(orderFor(scope, guest), orderFor(scope, mira), late);
    await create(scope, guest);
    expect(await owners(scope)).toEqual([{ player_id: noor.playerId, external_player_id: 'noor', count: 5 }]);
    await eventually(() => expect(told).toHaveLength(5));
    expect(new Set(told)).toEqual(new Set([mira.playerId, noor.playerId]));
    stop();
  });

  it('is never left with who is gone, however close the two come', async () => {
    const scope = await world.gameOf({
      items: [{ key: 'box', name: 'Box', itemTypeKey: 'crate', crate: { tableKey: 'T' } }],
      rewardTables: [{ key: 'T', name: 'T', weightedEntries: [{ weight: 1, entry: gold }] }],
    });
    for (let round = 0; round < 12; round += 1) {
      const [from, to] = [world.newPlayer(`guest-${round}`), world.newPlayer(`mira-${round}`)];
      const crate = await world.grantFor(scope, from, [box]);
      const open = world.messenger.request(openCrate, { scope, player: from, grantId: crate.id }).catch(gone);
      await Promise.all([
        ...Array.from({ length: 4 }, () => pay(orderFor(scope, from), orderFor(scope, to))),
        merge(scope, from, to),
        open,
        ...Array.from({ length: 4 }, () => pay(orderFor(scope, from))),
        create(scope, from),
      ]);
      const opened = (await open) ? 1 : 0;
      const mine = (await owners(scope)).filter(({ player_id: id }) => id === from.playerId || id === to.playerId);
      const due = { player_id: to.playerId, external_player_id: `mira-${round}`, count: 4 + 4 + 4 + 1 + 1 + opened };
      expect([round, mine]).toEqual([round, [due]]);
    }
  }, 60_000);

  it('knows no name of a target who was erased', async () => {
    const scope = await world.game();
    const [guest, mira] = [world.newPlayer('guest'), world.newPlayer('mira')];
    await merge(scope, guest, mira);
    const erasure = { scope, playerId: mira.playerId, anonymizedExternalId: '__deleted_1__' };
    await world.messenger.request(eraseGrants, erasure);
    await pay(orderFor(scope, guest));
    const where = { player_id: mira.playerId, external_player_id: '__deleted_1__' };
    expect(await owners(scope)).toEqual([{ ...where, count: 1 }]);
  });

  it('lands with the target when it is a deposit that was under way', async () => {
    const scope = await world.game(prize);
    const [guest, mira] = [world.newPlayer('guest'), world.newPlayer('mira')];
    const { id } = await world.grantFor(scope, guest);
    const claimer = { ackedBy: 'sdk' as const, actor: 'player' };
    // A process that dies between its first and second step.
    const claim = { scope, playerId: guest.playerId, grantId: id, claimer };
    expect(await service(ClaimsStore).request([claim], world.clock.now())).toHaveLength(1);
    await merge(scope, guest, mira);
    world.clock.advance(staleMs);
    await service(RecoveryService).recover();
    await eventually(async () => expect(await world.statusOf(id)).toMatchObject({ status: 'claimed' }));
    expect(await world.holdings(scope, mira)).toEqual({ gold: 100, torch: 2 });
    expect(await world.holdings(scope, guest)).toEqual({});
  });
});

/** The crate was the target's already. */
function gone(error: unknown): null {
  expect(error).toMatchObject({ code: 'not_found' });
  return null;
}
