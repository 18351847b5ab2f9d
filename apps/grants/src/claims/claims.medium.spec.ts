import { randomUUID } from 'node:crypto';
import { applyOperation } from '@kraty/contracts/economy';
import { grantClaimed, type Grant } from '@kraty/contracts/grants';
import { eventually } from '@kraty/testing/harness';
import { SweepService } from '../expiry/sweep.service.js';
import { GrantsWorld, prize } from '../testing/grants-world.fixture.js';
import { ClaimsStore } from './claims.store.js';
import { RecoveryService } from './recovery.service.js';

const amountMax = 2_147_483_647;

describe('claiming', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const recover = (): Promise<void> => world.grants.service('grants').app.get(RecoveryService).recover();
  const sweep = (): Promise<void> => world.grants.service('grants').app.get(SweepService).sweep();

  it('deposits what the grant holds before it answers', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const grant = await world.grantFor(scope, player);
    const claimed = await world.claim(scope, player, grant.id);
    const claimedAt = world.clock.now().toISOString();
    expect(claimed).toEqual({ ...grant, status: 'claimed', claimedAt, ackedBy: 'sdk' });
    expect(await world.holdings(scope, player)).toEqual({ gold: 100, torch: 2 });
    expect(await world.pending(scope, player)).toEqual([]);
  });

  it('deposits once for fifty claims at once, which all get the same row', async () => {
    const heard: string[] = [];
    const stop = world.messenger.onFact(grantClaimed, ({ payload }) => heard.push(payload.grant.id));
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const grant = await world.grantFor(scope, player);
    const claims = await Promise.all(Array.from({ length: 50 }, () => world.claim(scope, player, grant.id)));
    for (const claim of claims) expect(claim).toEqual(claims[0]);
    expect(await world.depositRows(grant.id)).toEqual([
      { resource_key: 'gold', delta: 100 },
      { resource_key: 'torch', delta: 2 },
    ]);
    await eventually(() => expect(heard.filter((grantId) => grantId === grant.id)).toHaveLength(1));
    stop();
  });

  it('answers a claimed grant as it is', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const { id } = await world.grantFor(scope, player);
    const first = await world.claim(scope, player, id);
    world.clock.advance(1_000);
    expect(await world.claim(scope, player, id)).toEqual(first);
  });

  it.each(['unknown', 'malformed', "another player's", "another game's"])('finds no %s grant', async (which) => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const { id } = await world.grantFor(scope, player);
    const asked = {
      unknown: () => world.claim(scope, player, randomUUID()),
      malformed: () => world.claim(scope, player, 'no-uuid'),
      "another player's": () => world.claim(scope, world.newPlayer(), id),
      "another game's": () => world.claim({ ...scope, gameId: randomUUID() }, player, id),
    }[which]!;
    await expect(asked()).rejects.toMatchObject({ code: 'not_found', status: 404, details: { resource: 'grant' } });
  });

  it('sums the entries of one resource into one ledger row', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    const gold = (amount: number) => ({ type: 'currency' as const, currencyKey: 'gold', amount });
    const grant = await world.grantFor(scope, player, [gold(5), gold(7)]);
    await world.claim(scope, player, grant.id);
    expect(await world.depositRows(grant.id)).toEqual([{ resource_key: 'gold', delta: 12 }]);
  });

  it('stays pending when the deposit would pass the limit, and claims once there is room', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    const gold = (amount: number) => [{ type: 'currency' as const, currencyKey: 'gold', amount }];
    await world.claim(scope, player, (await world.grantFor(scope, player, gold(amountMax))).id);
    const grant = await world.grantFor(scope, player, gold(5));
    await expect(world.claim(scope, player, grant.id)).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
      details: { reason: 'balance_limit', resource: 'gold', max: amountMax, have: amountMax },
    });
    expect(await world.statusOf(grant.id)).toEqual({ status: 'pending', deposit_state: 'none' });
    await world.messenger.request(applyOperation, {
      scope,
      ...player,
      operationId: randomUUID(),
      deltas: [{ type: 'economy', key: 'gold', delta: -10 }],
      reason: 'debit',
      sourceRefId: null,
      origin: 'server',
      actor: 'system',
    });
    expect(await world.claim(scope, player, grant.id)).toMatchObject({ status: 'claimed' });
    expect(await world.holdings(scope, player)).toEqual({ gold: amountMax - 5 });
  });

  it('is free again after a process that died between the refusal and its withdrawal', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    const gold = (amount: number) => [{ type: 'currency' as const, currencyKey: 'gold', amount }];
    await world.claim(scope, player, (await world.grantFor(scope, player, gold(amountMax))).id);
    const grant = await world.grantFor(scope, player, gold(5));
    const store = world.grants.service('grants').app.get(ClaimsStore);
    const { withdraw } = store;
    store.withdraw = () => Promise.reject(new Error('killed'));
    await expect(world.claim(scope, player, grant.id)).rejects.toBeDefined();
    store.withdraw = withdraw.bind(store);
    expect(await world.statusOf(grant.id)).toEqual({ status: 'pending', deposit_state: 'requested' });
    world.clock.advance(16_000);
    await recover();
    expect(await world.statusOf(grant.id)).toEqual({ status: 'pending', deposit_state: 'none' });
    expect(await world.depositRows(grant.id)).toEqual([]);
  });

  it('keeps a request that somebody has joined when its first owner is refused', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const { id: grantId } = await world.grantFor(scope, player);
    const store = world.grants.service('grants').app.get(ClaimsStore);
    const now = world.clock.now();
    const claimer = { ackedBy: 'sdk' as const, actor: 'player' };
    const [first] = await store.request([{ scope, playerId: player.playerId, grantId, claimer }], now);
    const joined = await store.join(grantId, now);
    await store.withdraw(first!);
    expect(await store.join(grantId, now)).not.toBeNull();
    await store.withdraw(joined!);
    const newest = await store.join(grantId, now);
    await store.withdraw(newest!);
    expect(await store.join(grantId, now)).toBeNull();
  });

  it('flips the status only where the studio keeps the books', async () => {
    const scope = await world.game(prize);
    await world.setSettings(scope, { inventoryManagement: 'studio' });
    const player = world.newPlayer();
    const { id } = await world.grantFor(scope, player);
    expect(await world.claim(scope, player, id)).toMatchObject({ status: 'claimed', ackedBy: 'sdk' });
    expect(await world.holdings(scope, player)).toEqual({});
    expect(await world.depositRows(id)).toEqual([]);
  });

  describe('while the economy is away', () => {
    it('answers 503, reads pending, and a retry finishes it', async () => {
      const scope = await world.game(prize);
      const player = world.newPlayer();
      const grant = await world.grantFor(scope, player);
      await world.stopEconomy();
      await expect(world.claim(scope, player, grant.id)).rejects.toMatchObject({
        code: 'internal_error',
        status: 503,
        headers: { 'retry-after': '1' },
      });
      expect(await world.pending(scope, player)).toEqual([grant]);
      await world.startEconomy();
      expect(await world.claim(scope, player, grant.id)).toMatchObject({ status: 'claimed' });
      expect(await world.depositRows(grant.id)).toHaveLength(2);
    });

    it('is finished by the recovery, once, although the deposit had been made before the crash', async () => {
      const scope = await world.game(prize);
      const player = world.newPlayer();
      const grant = await world.grantFor(scope, player);
      await world.stopEconomy();
      await expect(world.claim(scope, player, grant.id)).rejects.toMatchObject({ status: 503 });
      await world.startEconomy();
      // The deposit of the killed claim: it was made, and nobody has heard of it.
      await world.messenger.request(applyOperation, {
        scope,
        ...player,
        operationId: `grant:${grant.id}`,
        deltas: [
          { type: 'economy', key: 'gold', delta: 100 },
          { type: 'item', key: 'torch', delta: 2 },
        ],
        reason: 'grant_deposit',
        sourceRefId: grant.id,
        origin: 'client',
        actor: 'player',
      });
      await recover();
      expect(await world.statusOf(grant.id)).toMatchObject({ status: 'pending' });
      world.clock.advance(16_000);
      await Promise.all([recover(), recover()]);
      expect(await world.statusOf(grant.id)).toEqual({ status: 'claimed', deposit_state: 'done' });
      expect(await world.holdings(scope, player)).toEqual({ gold: 100, torch: 2 });
    });

    it('answers many at once as soon as one, and waits for none of them in turn', async () => {
      const scope = await world.game(prize);
      const players = Array.from({ length: 20 }, (_, at) => world.newPlayer(`waiting-${at}`));
      const grants: Grant[] = [];
      for (const player of players) grants.push(await world.grantFor(scope, player));
      // Someone who takes the messages and never answers.
      await world.stopEconomy();
      const asked: number[] = [];
      const hear = ({ operations }: { operations: unknown[] }) => void asked.push(operations.length);
      const stop = world.messenger.listen('kraty.economy.apply-operations', hear);
      const claims = await Promise.allSettled(grants.map(({ id }, at) => world.claim(scope, players[at]!, id)));
      expect(claims.every(({ status }) => status === 'rejected')).toBe(true);
      // All of them travel, and in few messages.
      await eventually(() => expect(asked.reduce((sum, count) => sum + count, 0)).toBe(players.length));
      expect(asked.length).toBeLessThan(players.length / 4);
      stop();
      await world.startEconomy();
    });

    it('is left alone by the sweep even when it runs out meanwhile', async () => {
      const scope = await world.game(prize);
      await world.setSettings(scope, { grantDefaultTtlDays: 1 });
      const player = world.newPlayer();
      const grant = await world.grantFor(scope, player);
      await world.stopEconomy();
      await expect(world.claim(scope, player, grant.id)).rejects.toMatchObject({ status: 503 });
      world.clock.advance(2 * 24 * 3_600_000);
      await sweep();
      expect(await world.statusOf(grant.id)).toEqual({ status: 'pending', deposit_state: 'requested' });
      await world.startEconomy();
      await recover();
      expect(await world.statusOf(grant.id)).toEqual({ status: 'claimed', deposit_state: 'done' });
    });
  });

  it('refuses a crate: it is opened, not claimed', async () => {
    const scope = await world.game(prize);
    const player = world.newPlayer();
    const { id } = await world.grantFor(scope, player);
    await world.ground.sql('grants', `update player_grant set kind = 'crate' where id = $1`, [id]);
    await expect(world.claim(scope, player, id)).rejects.toMatchObject({
      status: 409,
      details: { reason: 'crate_must_be_opened' },
    });
  });

  it('claims a grant that holds nothing to deposit', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    const { id } = await world.grantFor(scope, player, [{ type: 'item', itemKey: 'torch', quantity: 1 }]);
    await world.ground.sql('grants', `update player_grant set contents = '{"entries":[]}' where id = $1`, [id]);
    expect(await world.claim(scope, player, id)).toMatchObject({ status: 'claimed', contents: { entries: [] } });
  });
});
