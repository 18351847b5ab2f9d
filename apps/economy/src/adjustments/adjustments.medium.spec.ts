import { operatorActed, type OperatorAct } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { EconomyWorld, gold, keyOf, operator, type Change } from '../testing/economy-world.fixture.js';

const amountMax = 2_147_483_647;
const catalog = {
  items: [
    { key: 'bow', name: 'Bow' },
    { key: 'relic', name: 'Relic' },
  ],
  currencies: [gold, { key: 'shells', name: 'Shells', kind: 'currency' as const }],
};
const wallet = (delta: number, key = 'gold'): Change => ({ type: 'economy', key, delta });
const items = (delta: number, key = 'bow'): Change => ({ type: 'item', key, delta });

describe('adjusting holdings', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  describe('by a server', () => {
    it.each([
      [wallet(5), 'credit', 105],
      [wallet(-5), 'debit', 95],
      [items(2), 'grant', 102],
      [items(-2), 'revoke', 98],
    ])('%j is a %s', async (change, reason, amount) => {
      const scope = await world.game(catalog);
      const player = world.newPlayer();
      await world.give(scope, player.playerId, [wallet(100), items(100)]);
      expect(await world.adjust(scope, player, change)).toEqual({ amount, applied: true });
      const rows = await world.ledger(scope, player.playerId);
      expect(rows.at(-1)).toMatchObject({ delta: change.delta, reason, origin: 'server', balance_after: amount });
    });

    it('is done once a key, with the value of then in every replay', async () => {
      const scope = await world.game(catalog);
      const player = world.newPlayer();
      await world.adjust(scope, player, wallet(5), keyOf('a-1'));
      await world.adjust(scope, player, wallet(7));
      expect(await world.adjust(scope, player, wallet(5), keyOf('a-1'))).toEqual({ amount: 5, applied: false });
    });

    it('takes one receipt id for a credit and for a grant', async () => {
      const scope = await world.game(catalog);
      const player = world.newPlayer();
      const grantKey = { ...keyOf('receipt-1'), operation: 'POST /players/mira/inventory/bow/grant' };
      await world.adjust(scope, player, wallet(5), keyOf('receipt-1'));
      expect(await world.adjust(scope, player, items(1), grantKey)).toEqual({ amount: 1, applied: true });
    });

    it.each([
      ['nothing of the kind', wallet(1, 'nothing'), 404, { resource: 'nothing' }],
      ['a spend of nothing of the kind', items(-1, 'nothing'), 404, { resource: 'nothing' }],
      ['a credit of what is archived', wallet(1, 'shells'), 404, { resource: 'shells' }],
      ['more than is held', wallet(-101), 409, { reason: 'insufficient_balance', needed: 101, have: 100 }],
      ['more than can be held', wallet(amountMax), 409, { reason: 'balance_limit', have: 100, max: amountMax }],
    ])('is refused for %s', async (_, change, status, details) => {
      const scope = await world.game(catalog);
      const player = world.newPlayer();
      await world.giveGold(scope, player.playerId, 100);
      await world.configure(scope, {}, { currencies: ['shells'] });
      await expect(world.adjust(scope, player, change, keyOf('k'))).rejects.toMatchObject({ status, details });
      expect(await world.ledger(scope, player.playerId)).toHaveLength(1);
      expect(await world.adjust(scope, player, wallet(1), keyOf('k'))).toMatchObject({ applied: true });
    });

    it('takes what is archived back', async () => {
      const scope = await world.game(catalog);
      const player = world.newPlayer();
      await world.give(scope, player.playerId, [wallet(9, 'shells')]);
      await world.configure(scope, {}, { currencies: ['shells'] });
      expect(await world.adjust(scope, player, wallet(-4, 'shells'))).toEqual({ amount: 5, applied: true });
    });
  });

  describe('by an operator', () => {
    it('goes on record with the balances, and keeps the sentence from players', async () => {
      const acts: OperatorAct[] = [];
      const scope = await world.game(catalog);
      const stop = world.messenger.onFact(operatorActed.economy, ({ payload }) => {
        if (payload.gameId === scope.gameId) acts.push(payload);
      });
      const player = world.newPlayer();
      await world.giveGold(scope, player.playerId, 100);
      const { auditId, ...adjusted } = await world.adjustAs(operator, scope, player, wallet(-30));
      expect(adjusted).toEqual({ amount: 70, applied: true });
      await eventually(() => expect(acts).toHaveLength(1));
      expect(acts[0]).toMatchObject({
        ...{ auditId, action: 'wallet.manual_debit', reason: 'lost in a crash', environment: 'live' },
        actor: { type: 'member', id: operator.memberId, label: operator.email },
        target: { type: 'player', id: player.playerId, label: 'mira' },
        before: { gold: 100 },
        after: { gold: 70 },
      });
      const row = (await world.ledger(scope, player.playerId)).at(-1);
      expect(row).toMatchObject({
        reason: 'admin_debit',
        origin: 'admin',
        metadata: { auditReason: 'lost in a crash' },
      });
      stop();
    });

    it('leaves no record when it is refused', async () => {
      const scope = await world.game(catalog);
      const player = world.newPlayer();
      const before = await world.outboxRows();
      const short = { status: 409, details: { reason: 'insufficient_balance' } };
      await expect(world.adjustAs(operator, scope, player, items(-1))).rejects.toMatchObject(short);
      expect(await world.outboxRows()).toBe(before);
      expect(await world.told(operatorActed.economy, scope)).toEqual([]);
    });
  });
});
