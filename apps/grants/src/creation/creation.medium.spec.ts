import { randomUUID } from 'node:crypto';
import type { Idempotency, PlayerRef, Scope } from '@kraty/contracts/common';
import { applyOperation, reverseOperation } from '@kraty/contracts/economy';
import {
  acknowledgeGrant,
  createGrant,
  grantClaimed,
  grantCreated,
  openCrate,
  selfGrant,
  type GrantedEntry,
  type NewGrant,
} from '@kraty/contracts/grants';
import { operatorActed } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { CatalogService } from '../catalog/catalog.service.js';
import { ClaimsStore } from '../claims/claims.store.js';
import { RecoveryService } from '../claims/recovery.service.js';
import { GrantsWorld } from '../testing/grants-world.fixture.js';

const amountMax = 2_147_483_647;
const gold = (amount: number): GrantedEntry => ({ type: 'currency', currencyKey: 'gold', amount });
const torch: GrantedEntry = { type: 'item', itemKey: 'torch', quantity: 2 };
const box = (quantity: number): GrantedEntry => ({ type: 'crate', crateItemKey: 'box', quantity });
const grantOf = (entries: GrantedEntry[], more: Partial<NewGrant> = {}): NewGrant => ({
  ...{ kind: 'reward', entries, expiresAt: null, metadata: null },
  ...more,
});

describe('grants that are asked for', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  async function game(inventoryManagement: 'platform' | 'permissive' = 'platform'): Promise<Scope> {
    const scope = await world.gameOf({
      items: [
        { key: 'torch', name: 'Torch' },
        { key: 'box', name: 'Box', itemTypeKey: 'crate', crate: { tableKey: 'T' } },
      ],
      rewardTables: [{ key: 'T', name: 'T', weightedEntries: [{ weight: 1, entry: gold(1) }] }],
    });
    await world.setSettings(scope, { inventoryManagement });
    return scope;
  }

  const keyed = (key: string, bodyHash = 'a'.repeat(64)): Idempotency => ({ key, operation: 'POST /grants', bodyHash });
  const actor = { apiKeyId: randomUUID(), apiKeyPrefix: 'sabcdefg', requestId: 'r-1' };

  const create = (
    scope: Scope,
    player: PlayerRef,
    grant: NewGrant,
    idempotency = keyed(randomUUID()),
    sourceRefId: string | null = null,
  ) => {
    const command = { scope, player, grant, sourceKind: 'api' as const, sourceRefId, idempotency, actor };
    return world.messenger.request(createGrant, command);
  };
  const give = (scope: Scope, player: PlayerRef, grant: NewGrant, idempotency: Idempotency | null = null) =>
    world.messenger.requestRaw(selfGrant, { scope, player, grant, idempotency });
  const bodyOf = (reply: { bytes: Uint8Array }) => JSON.parse(Buffer.from(reply.bytes).toString()) as { id: string };

  describe('by a server', () => {
    it('are pending until claimed, told once and put on record', async () => {
      const acts: unknown[] = [];
      const stop = world.messenger.onFact(operatorActed.grants, ({ payload }) => acts.push(payload));
      const scope = await game();
      const player = world.newPlayer();
      const grant = await create(scope, player, grantOf([gold(120)], { metadata: { order: 1 } }), keyed('gp:1'), 'GPA');
      expect(grant).toMatchObject({
        ...{ kind: 'reward', status: 'pending', sourceKind: 'api', sourceRefId: 'GPA', parentGrantId: null },
        ...{ rolledAt: null, ackedBy: null, metadata: { order: 1 }, idempotencyKey: 'gp:1', depositedAt: null },
        ...player,
      });
      await eventually(() =>
        expect(acts).toContainEqual(
          expect.objectContaining({
            action: 'grant.create',
            target: expect.objectContaining({ id: grant.id }),
            actor: { type: 'api_key', id: actor.apiKeyId, label: 'api_key:sabcdefg' },
          }),
        ),
      );
      const acknowledged = await world.messenger.request(acknowledgeGrant, {
        ...{ scope, player, grantId: grant.id, apiKeyPrefix: 'sabcdefg' },
      });
      expect(acknowledged).toMatchObject({ status: 'claimed', ackedBy: 'server_api' });
      expect(await world.holdings(scope, player)).toEqual({ gold: 120 });
      const text = 'select origin from ledger where operation_id = $1';
      expect(await world.ground.sql('economy', text, [`grant:${grant.id}`])).toEqual([{ origin: 'server' }]);
      stop();
    });

    it('are made once for a hundred calls with one key, however old it is', async () => {
      const heard: string[] = [];
      const stop = world.messenger.onFact(grantCreated, ({ payload }) => heard.push(payload.grant.id));
      const scope = await game();
      const player = world.newPlayer();
      const calls = Array.from({ length: 100 }, () => create(scope, player, grantOf([gold(1)]), keyed('twin')));
      const ids = new Set((await Promise.all(calls)).map(({ id }) => id));
      expect(ids.size).toBe(1);
      const [id] = [...ids];
      await world.claim(scope, player, id!);
      world.clock.advance(30 * 24 * 3_600_000);
      expect(await create(scope, player, grantOf([gold(1)]), keyed('twin'))).toMatchObject({ id, status: 'claimed' });
      await eventually(() => expect(heard.filter((grantId) => grantId === id)).toHaveLength(1));
      stop();
    });

    it('are refused for another body or another player under a used key', async () => {
      const scope = await game();
      const player = world.newPlayer();
      await create(scope, player, grantOf([gold(1)]), keyed('once'));
      const conflict = { code: 'idempotency_conflict', status: 409, details: { idempotencyKey: 'once' } };
      const other = create(scope, player, grantOf([gold(2)]), keyed('once', 'b'.repeat(64)));
      await expect(other).rejects.toMatchObject(conflict);
      await expect(create(scope, world.newPlayer('noor'), grantOf([gold(1)]), keyed('once'))).rejects.toMatchObject(
        conflict,
      );
    });

    it('keep all entries, and make a crate of each unit', async () => {
      const scope = await game();
      const player = world.newPlayer();
      const expiresAt = new Date(world.clock.nowMs() + 60_000).toISOString();
      const grant = await create(scope, player, grantOf([gold(5), box(2)], { expiresAt }));
      expect(grant.contents).toEqual({ entries: [gold(5), box(2)] });
      const crates = (await world.pending(scope, player)).filter(({ kind }) => kind === 'crate');
      expect(crates).toHaveLength(2);
      for (const crate of crates)
        expect(crate).toMatchObject({ parentGrantId: grant.id, sourceKind: 'api', expiresAt });
      await world.claim(scope, player, grant.id);
      expect(await world.holdings(scope, player)).toEqual({ gold: 5 });
    });

    it('may be a crate packed beforehand, opened without a roll', async () => {
      const scope = await game();
      const player = world.newPlayer();
      const grant = await create(scope, player, grantOf([gold(5), torch], { kind: 'crate' }));
      expect(grant.contents).toEqual({ entries: [gold(5), torch] });
      const { contents } = await world.messenger.request(openCrate, { scope, player, grantId: grant.id });
      expect(contents.contents.entries).toEqual([gold(5), torch]);
    });

    it.each<[string, NewGrant, object]>([
      ['a crate with others', grantOf([gold(1), box(1)], { kind: 'crate' }), { code: 'validation_failed' }],
      ['a crate of two', grantOf([box(2)], { kind: 'crate' }), { code: 'validation_failed' }],
      ['an end that is past', grantOf([gold(1)], { expiresAt: '2020-01-01T00:00:00Z' }), { code: 'validation_failed' }],
      ['an end too far', grantOf([gold(1)], { expiresAt: '2040-01-01T00:00:00Z' }), { code: 'validation_failed' }],
      ['more than anybody can hold', grantOf([gold(amountMax), gold(1)]), { code: 'validation_failed' }],
      [
        'an unknown key',
        grantOf([gold(1), { type: 'item', itemKey: 'gone', quantity: 1 }]),
        { code: 'invalid_metric', status: 400, details: { index: 1, key: 'gone' } },
      ],
      [
        'an item that cannot be opened',
        grantOf([{ type: 'crate', crateItemKey: 'torch', quantity: 1 }]),
        { code: 'invalid_metric', details: { index: 0, key: 'torch' } },
      ],
    ])('are refused with %s', async (_, grant, failure) => {
      const scope = await game();
      await expect(create(scope, world.newPlayer(), grant)).rejects.toMatchObject(failure);
    });
  });

  describe('by a player', () => {
    it('are refused unless the game is permissive', async () => {
      const given = give(await game(), world.newPlayer(), grantOf([gold(1)]));
      await expect(given).rejects.toMatchObject({ code: 'inventory_not_permissive', status: 403 });
    });

    it('are deposited before the answer and born claimed, with a crate for each unit', async () => {
      const scope = await game('permissive');
      const player = world.newPlayer();
      const reply = await give(scope, player, grantOf([gold(5), box(1)]), keyed('g-1'));
      expect(reply).toMatchObject({ status: 201 });
      const grant = bodyOf(reply);
      expect(grant).toMatchObject({ status: 'claimed', ackedBy: 'auto', sourceKind: 'client', sourceRefId: null });
      expect(grant).toMatchObject({ claimedAt: (grant as unknown as { createdAt: string }).createdAt });
      expect(await world.holdings(scope, player)).toEqual({ gold: 5 });
      expect(await world.pending(scope, player)).toMatchObject([{ kind: 'crate', parentGrantId: grant.id }]);
      const again = await give(scope, player, grantOf([gold(5), box(1)]), keyed('g-1'));
      expect([again.status, bodyOf(again).id]).toEqual([200, grant.id]);
      expect(await world.holdings(scope, player)).toEqual({ gold: 5 });
    });

    it('cannot take a key that belongs to a server, or to another player', async () => {
      const scope = await game('permissive');
      const [mira, noor] = [world.newPlayer(), world.newPlayer('noor')];
      await give(scope, mira, grantOf([gold(1)]), keyed('receipt-1'));
      expect((await give(scope, noor, grantOf([gold(1)]), keyed('receipt-1'))).status).toBe(201);
      expect(await create(scope, mira, grantOf([gold(9)]), keyed('receipt-1'))).toMatchObject({ sourceKind: 'api' });
    });

    it('were never made when the economy refuses them', async () => {
      const heard: string[] = [];
      const stops = [grantCreated, grantClaimed].map((type) =>
        world.messenger.onFact(type, ({ scope }) => heard.push(scope.gameId)),
      );
      const scope = await game('permissive');
      const player = world.newPlayer();
      await give(scope, player, grantOf([gold(amountMax)]));
      await eventually(() => expect(heard.filter((gameId) => gameId === scope.gameId)).toHaveLength(2));
      const refused = give(scope, player, grantOf([gold(1), box(1)]), keyed('too-much'));
      await expect(refused).rejects.toMatchObject({ code: 'conflict', details: { reason: 'balance_limit' } });
      const text = 'select count(*)::int as count from player_grant where game_id = $1';
      expect(await world.ground.sql('grants', text, [scope.gameId])).toEqual([{ count: 1 }]);
      expect(heard.filter((gameId) => gameId === scope.gameId)).toHaveLength(2);
      for (const stop of stops) stop();
    });

    it('are told again to who asks again, though the game is not permissive any more', async () => {
      const scope = await game('permissive');
      const player = world.newPlayer();
      const given = await give(scope, player, grantOf([gold(5)]), keyed('kept'));
      await world.setSettings(scope, { inventoryManagement: 'platform' });
      const again = await give(scope, player, grantOf([gold(5)]), keyed('kept'));
      expect([again.status, bodyOf(again).id]).toEqual([200, bodyOf(given).id]);
      await expect(give(scope, player, grantOf([gold(5)]), keyed('new'))).rejects.toMatchObject({ status: 403 });
      const other = give(scope, player, grantOf([gold(6)]), keyed('kept', 'b'.repeat(64)));
      await expect(other).rejects.toMatchObject({ code: 'idempotency_conflict' });
    });

    it('bar their deposit before they are discarded: one that comes late is refused', async () => {
      const scope = await game('permissive');
      const player = world.newPlayer();
      await give(scope, player, grantOf([gold(amountMax)]));
      const refused = give(scope, player, grantOf([gold(1)]), keyed('too-much'));
      await expect(refused).rejects.toMatchObject({ details: { reason: 'balance_limit' } });
      const text = `select key, reply->>'barred' as barred from ledger_operation
                     where player_id = $1 and reply->>'barred' = 'true'`;
      const [barred] = await world.ground.sql<{ key: string }>('economy', text, [player.playerId]);
      const late = world.messenger.request(applyOperation, {
        ...{ scope, ...player, operationId: barred!.key, deltas: [{ type: 'economy', key: 'gold', delta: -1 }] },
        ...{ reason: 'grant_deposit', sourceRefId: null, origin: 'client', actor: 'player' },
      });
      await expect(late).rejects.toMatchObject({ details: { reason: 'operation_reversed' } });
    });

    it('are finished, not discarded, when a twin has deposited what one was refused', async () => {
      const scope = await game('permissive');
      const player = world.newPlayer();
      const store = world.grants.service('grants').app.get(ClaimsStore);
      const { finish } = store;
      // The deposit is made, and the process dies before it writes that down.
      store.finish = () => Promise.reject(new Error('killed'));
      await expect(give(scope, player, grantOf([gold(5)]), keyed('twin'))).rejects.toBeDefined();
      store.finish = finish.bind(store);
      const [row] = await world.ground.sql<{ id: string }>('grants', 'select id from player_grant where game_id = $1', [
        scope.gameId,
      ]);
      const call = { scope, playerId: player.playerId, operationId: `grant:${row!.id}` };
      expect(await world.messenger.request(reverseOperation, call)).toEqual({ outcome: 'reversed' });
      // From now on the economy refuses the deposit, which it holds already.
      const again = await give(scope, player, grantOf([gold(5)]), keyed('twin'));
      expect(bodyOf(again)).toMatchObject({ id: row!.id, status: 'claimed' });
      expect(await world.holdings(scope, player)).toEqual({ gold: 5 });
    });

    it('are finished once, by the repeat or by the recovery, when the economy was away', async () => {
      const scope = await game('permissive');
      const player = world.newPlayer();
      await give(scope, player, grantOf([gold(1)]));
      // Known keys are kept, unless a change is told of once more: only the deposit is to find nobody.
      const catalogs = world.grants.service('grants').app.get(CatalogService);
      const catalog = await catalogs.read(scope);
      catalogs.read = () => Promise.resolve(catalog);
      await world.stopEconomy();
      await expect(give(scope, player, grantOf([gold(5)]), keyed('late'))).rejects.toMatchObject({ status: 503 });
      await expect(give(scope, player, grantOf([torch]), keyed('later'))).rejects.toMatchObject({ status: 503 });
      expect(await world.pending(scope, player)).toEqual([]);
      await world.startEconomy();
      Reflect.deleteProperty(catalogs, 'read');
      expect((await give(scope, player, grantOf([gold(5)]), keyed('late'))).status).toBe(200);
      world.clock.advance(16_000);
      await world.grants.service('grants').app.get(RecoveryService).recover();
      expect(await world.holdings(scope, player)).toEqual({ gold: 6, torch: 2 });
      const again = await give(scope, player, grantOf([torch]), keyed('later'));
      const { claimedAt, createdAt } = bodyOf(again) as unknown as Record<string, string>;
      expect(claimedAt).toBe(createdAt);
    });

    it('may be crates, opened later', async () => {
      const scope = await game('permissive');
      const player = world.newPlayer();
      const reply = await give(scope, player, grantOf([box(1)], { kind: 'crate' }));
      expect(bodyOf(reply)).toMatchObject({ kind: 'crate', status: 'pending', contents: { crateItemKey: 'box' } });
      const opened = await world.messenger.request(openCrate, { scope, player, grantId: bodyOf(reply).id });
      expect(opened.contents.contents.entries).toEqual([gold(1)]);
    });
  });
});
