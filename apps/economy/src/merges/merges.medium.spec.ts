import { randomUUID } from 'node:crypto';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import {
  applyOperation,
  checkHoldings,
  levelReached,
  mergeHoldings,
  reverseOperation,
  type CurrencyConfiguration,
} from '@kraty/contracts/economy';
import { EconomyWorld, gold, keyOf } from '../testing/economy-world.fixture.js';

const amountMax = 2_147_483_647;
const xp: CurrencyConfiguration = { key: 'xp', name: 'Experience', kind: 'progression' };
const paying = (level: number) => ({ level, entries: [{ type: 'currency' as const, currencyKey: 'gold', amount: 1 }] });
const level: CurrencyConfiguration = {
  ...{ key: 'level', name: 'Level', kind: 'progression' },
  derivedFrom: { sourceKey: 'xp', thresholds: [0, 100, 250, 450], levelRewards: [paying(2), paying(3), paying(4)] },
};
const catalog = { items: [{ key: 'potion', name: 'Potion' }], currencies: [gold, xp, level] };

describe('merging holdings', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const merge = (scope: Scope, from: PlayerRef, to: PlayerRef, sagaId: string = randomUUID()) =>
    world.messenger.request(mergeHoldings, { scope, sagaId, from, to });
  const give = (scope: Scope, { playerId }: PlayerRef, key: string, delta: number, metadata?: Record<string, number>) =>
    world.give(scope, playerId, [
      { type: key === 'potion' ? 'item' : 'economy', key, delta, ...(metadata && { metadata }) },
    ]);

  async function pair() {
    const scope = await world.game(catalog);
    return { scope, guest: world.newPlayer('guest'), account: world.newPlayer('account') };
  }

  const reached = (scope: Scope) => world.told(levelReached, scope);

  /** Sums, chains of balances and their gaps (08 §12). */
  const checkAll = async () => {
    const checked = await world.messenger.request(checkHoldings, { after: null, percentile: null });
    expect(checked).toMatchObject({ violations: [], next: null });
  };

  it('sums what two players hold and re-points every row, as in the example of the specification', async () => {
    const { scope, guest, account } = await pair();
    await give(scope, guest, 'gold', 1_000);
    await world.debit(scope, guest, 300);
    await give(scope, account, 'gold', 50);
    await give(scope, guest, 'potion', 2, { tier: 1, from: 7 });
    await give(scope, account, 'potion', 1, { tier: 2 });
    expect(await merge(scope, guest, account)).toEqual({
      ...{ itemsMerged: 1, itemLedgerRowsMoved: 1, walletsMerged: 1, walletLedgerRowsMoved: 2 },
    });
    expect(await world.wallet(scope, account.playerId)).toEqual({ gold: 750 });
    expect(await world.inventory(scope, account.playerId)).toEqual({ potion: 3 });
    expect(await world.metadataOf(scope, account.playerId, 'potion')).toEqual({ tier: 2, from: 7 });
    expect(await world.ledgerSums(scope, account.playerId)).toEqual({ gold: 750, potion: 3 });
    const goldRows = (await world.ledger(scope, account.playerId)).filter(({ resource_key: key }) => key === 'gold');
    expect(goldRows.map(({ delta }) => delta).toSorted((a, b) => a - b)).toEqual([-300, 50, 1_000]);
    expect(await world.holdingRows(scope, guest.playerId)).toBe(0);
    expect(await world.ledger(scope, guest.playerId)).toEqual([]);
  });

  it('is done once a saga, however often and however much at once it is asked for', async () => {
    const { scope, guest, account } = await pair();
    await give(scope, guest, 'gold', 10);
    const sagaId = randomUUID();
    const merges = await Promise.all(Array.from({ length: 10 }, () => merge(scope, guest, account, sagaId)));
    for (const counts of merges) expect(counts).toEqual(merges[0]);
    expect(await world.wallet(scope, account.playerId)).toEqual({ gold: 10 });
  });

  it('loses nothing of what is written meanwhile, and leaves nothing with who is gone', async () => {
    const { scope } = await pair();
    const deadlocks = await world.deadlocks();
    for (let round = 0; round < 15; round += 1) {
      const [from, to] = [world.newPlayer('from'), world.newPlayer('to')];
      // Half of them hold something before: those rows are locked, the others are not there to be.
      if (round % 2 === 0) await give(scope, from, 'gold', 10);
      await Promise.all([
        merge(scope, from, to),
        ...[from, to].flatMap((player) => [give(scope, player, 'gold', 5), give(scope, player, 'potion', 1)]),
        ...[from, to].map((player) => give(scope, player, 'xp', 120)),
      ]);
      const held = { ...(await world.wallet(scope, to.playerId)), ...(await world.inventory(scope, to.playerId)) };
      const due = { gold: round % 2 === 0 ? 20 : 10, potion: 2, xp: 240, level: 2 };
      expect([round, held, await world.ledgerSums(scope, to.playerId)]).toEqual([round, due, due]);
      expect([await world.holdingRows(scope, from.playerId), await world.ledger(scope, from.playerId)]).toEqual([
        0,
        [],
      ]);
    }
    expect(await world.deadlocks()).toBe(deadlocks);
    await checkAll();
  }, 60_000);

  it('hands what comes too late to whoever has taken the player over, also over two merges, and once', async () => {
    const { scope, guest, account } = await pair();
    const last = world.newPlayer('last');
    await give(scope, guest, 'gold', 10);
    await give(scope, account, 'gold', 1);
    await world.give(scope, guest.playerId, [{ type: 'economy', key: 'gold', delta: 2 }], 'grant:early');
    await merge(scope, guest, account);
    await merge(scope, account, last);
    const late = (operationId: string, key: string, delta: number) =>
      world.give(scope, guest.playerId, [{ type: 'economy', key, delta }], operationId);
    expect(await late('grant:early', 'gold', 2)).toMatchObject({ applied: false });
    const twins = await Promise.all([late('grant:late', 'gold', 5), late('grant:late', 'gold', 5)]);
    expect(twins.map(({ applied }) => applied).toSorted()).toEqual([false, true]);
    await late('grant:xp', 'xp', 120);
    await late('ladder:down', 'gold', -3);
    expect(await world.wallet(scope, last.playerId)).toEqual({ gold: 15, xp: 120, level: 2 });
    for (const { playerId } of [guest, account]) expect(await world.holdingRows(scope, playerId)).toBe(0);
    // Told as it came: grants know who is paid for the guest. The level is the last one's from here on.
    expect(await reached(scope)).toMatchObject([{ playerId: guest.playerId, level: 2 }]);
    await world.adjust(scope, last, { type: 'economy', key: 'xp', delta: -120 });
    await give(scope, last, 'xp', 120);
    expect(await reached(scope)).toHaveLength(1);
    await checkAll();
  });

  it('leaves everything as it was when a sum would pass the limit', async () => {
    const { scope, guest, account } = await pair();
    await give(scope, guest, 'gold', amountMax);
    await give(scope, account, 'gold', 1);
    await give(scope, guest, 'potion', 1);
    const sagaId = randomUUID();
    const limit = { code: 'conflict', status: 422, details: { reason: 'balance_limit', resource: 'gold' } };
    await expect(merge(scope, guest, account, sagaId)).rejects.toMatchObject(limit);
    expect(await world.wallet(scope, guest.playerId)).toEqual({ gold: amountMax });
    expect(await world.inventory(scope, account.playerId)).toEqual({});
    await world.debit(scope, guest, 1);
    expect(await merge(scope, guest, account, sagaId)).toMatchObject({ walletsMerged: 1 });
  });

  it('puts what follows a sum where it belongs, and pays only levels neither had reached', async () => {
    const { scope, guest, account } = await pair();
    await give(scope, guest, 'xp', 240);
    await give(scope, account, 'xp', 260);
    expect((await reached(scope)).map(({ level: at }) => at)).toEqual([2, 2, 3]);
    await merge(scope, guest, account);
    expect(await world.wallet(scope, account.playerId)).toEqual({ xp: 500, level: 4 });
    expect(await world.ledgerSums(scope, account.playerId)).toEqual({ xp: 500, level: 4 });
    expect((await reached(scope)).slice(3)).toMatchObject([{ playerId: account.playerId, level: 4 }]);
  });

  it('puts the third link where it belongs although the two before it sum up to what they should be', async () => {
    const follows = (key: string, sourceKey: string, thresholds: number[]): CurrencyConfiguration => ({
      ...{ key, name: key, kind: 'progression', derivedFrom: { sourceKey, thresholds } },
    });
    const chain = [xp, follows('level', 'xp', [0, 100]), follows('rank', 'level', [0, 5])];
    const scope = await world.game({ currencies: chain });
    const [guest, account] = [world.newPlayer('guest'), world.newPlayer('account')];
    await give(scope, guest, 'xp', 50);
    await give(scope, account, 'xp', 60);
    await merge(scope, guest, account);
    expect(await world.wallet(scope, account.playerId)).toEqual({ xp: 110, level: 2, rank: 1 });
    expect(await world.ledgerSums(scope, account.playerId)).toEqual({ xp: 110, level: 2, rank: 1 });
  });

  it('pays a level that the sum reaches although the levels of both add up to it', async () => {
    const { scope, guest, account } = await pair();
    await give(scope, guest, 'xp', 50);
    await give(scope, account, 'xp', 60);
    await merge(scope, guest, account);
    expect(await world.wallet(scope, account.playerId)).toEqual({ xp: 110, level: 2 });
    expect(await reached(scope)).toMatchObject([{ playerId: account.playerId, level: 2 }]);
    await world.adjust(scope, account, { type: 'economy', key: 'xp', delta: -50 });
    await give(scope, account, 'xp', 50);
    expect(await reached(scope)).toHaveLength(1);
  });

  it('counts what either has been paid for the one that stays', async () => {
    const { scope, guest, account } = await pair();
    await give(scope, guest, 'xp', 460);
    await world.adjust(scope, guest, { type: 'economy', key: 'xp', delta: -460 });
    expect(await reached(scope)).toHaveLength(3);
    await merge(scope, guest, account);
    await give(scope, account, 'xp', 460);
    expect(await world.wallet(scope, account.playerId)).toMatchObject({ level: 4 });
    expect(await reached(scope)).toHaveLength(3);
  });

  it('pays no level that the sum reaches again after one of them had fallen back from it', async () => {
    const { scope, guest, account } = await pair();
    await give(scope, guest, 'xp', 260);
    await world.adjust(scope, guest, { type: 'economy', key: 'xp', delta: -200 });
    await give(scope, account, 'xp', 50);
    expect(await reached(scope)).toHaveLength(2);
    await merge(scope, guest, account);
    expect(await world.wallet(scope, account.playerId)).toEqual({ xp: 110, level: 2 });
    await give(scope, account, 'xp', 340);
    expect(await world.wallet(scope, account.playerId)).toEqual({ xp: 450, level: 4 });
    expect((await reached(scope)).slice(2)).toMatchObject([{ playerId: account.playerId, level: 4 }]);
  });

  it('keeps keys of both apart', async () => {
    const { scope, guest, account } = await pair();
    await give(scope, guest, 'gold', 5);
    await give(scope, account, 'gold', 5);
    await world.debit(scope, guest, 1, { ...keyOf('same'), operation: 'POST /players/guest/wallet/gold/debit' });
    await world.debit(scope, account, 1, { ...keyOf('same'), operation: 'POST /players/account/wallet/gold/debit' });
    await merge(scope, guest, account);
    const text = `select idempotency_key from ledger where player_id = $1 and idempotency_key is not null order by 1`;
    const keys = await world.ground.sql('economy', text, [account.playerId]);
    expect(keys).toEqual([{ idempotency_key: 'same' }, { idempotency_key: `same#merged:${guest.playerId}` }]);
  });

  it('gives the initial balance to each once, and to the account no more', async () => {
    const scope = await world.game({ currencies: [{ ...gold, initialBalance: 20 }] });
    const [guest, account] = [world.newPlayer('guest'), world.newPlayer('account')];
    await world.wallet(scope, guest.playerId);
    await merge(scope, guest, account);
    expect(await world.wallet(scope, account.playerId)).toEqual({ gold: 20 });
  });

  it('pays a refund to whoever has taken the player over', async () => {
    const { scope, guest, account } = await pair();
    await give(scope, guest, 'gold', 10);
    const operationId = `entry:${randomUUID()}:${guest.playerId}:c1`;
    await world.messenger.request(applyOperation, {
      ...{ scope, ...guest, operationId, deltas: [{ type: 'economy', key: 'gold', delta: -10 }] },
      ...{ reason: 'entry_cost', sourceRefId: null, origin: 'client', actor: 'player' },
    });
    await merge(scope, guest, account);
    const reversal = { scope, playerId: guest.playerId, operationId };
    expect(await world.messenger.request(reverseOperation, reversal)).toEqual({ outcome: 'reversed' });
    expect(await world.wallet(scope, account.playerId)).toEqual({ gold: 10 });
  });
});
