import { randomUUID } from 'node:crypto';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { checkHoldings, mergeHoldings } from '@kraty/contracts/economy';
import { EconomyWorld } from '../testing/economy-world.fixture.js';

/** Invariant 1 of 08 §12: the newest row says what is held, whichever of several processes has written it. */
describe('the newest ledger row of a holding', () => {
  let world: EconomyWorld;
  let scope: Scope;

  beforeAll(async () => {
    world = await EconomyWorld.start();
    await world.addInstance();
    scope = await world.game();
  });

  afterAll(async () => {
    await world.stop();
  });

  async function named({ playerId }: PlayerRef): Promise<string[]> {
    const { violations } = await world.messenger.request(checkHoldings, { after: null, percentile: null });
    expect(violations.every(({ subject }) => subject === `player ${playerId}, economy gold`)).toBe(true);
    return violations.map(({ check, expected, found }) => `${check}: ${expected}, ${found}`);
  }

  const rows = ({ playerId }: PlayerRef) =>
    world.ground.sql<{ revision: number; delta: number; balance_after: number }>(
      'economy',
      'select revision, delta, balance_after from ledger where player_id = $1 order by revision',
      [playerId],
    );

  const change = ({ playerId }: PlayerRef, what: string) =>
    world.ground.sql('economy', `update ledger set ${what} and player_id = $1`, [playerId]);

  it('is the one with the highest number, and the balances before it form a chain', async () => {
    const player = world.newPlayer();
    await world.giveGold(scope, player.playerId, 100);
    const changes = [7, 5, 3, 2, 1].flatMap((amount) => [
      world.giveGold(scope, player.playerId, amount),
      world.debit(scope, player, amount + 1),
    ]);
    await Promise.all(changes);
    const written = await rows(player);
    expect(written.map(({ revision }) => revision)).toEqual(written.map((_, at) => at + 1));
    let balance = 0;
    for (const row of written) expect(row.balance_after).toBe((balance += row.delta));
    expect(await world.wallet(scope, player.playerId)).toEqual({ gold: balance });
    expect(await named(player)).toEqual([]);
  });

  it('is named when it does not say what is held, and so is a row that is missing', async () => {
    const player = world.newPlayer();
    await world.giveGold(scope, player.playerId, 5);
    await world.giveGold(scope, player.playerId, 5);
    await change(player, 'balance_after = 12 where revision = 2');
    expect(await named(player)).toEqual(['newest_balance_is_holding: 12, 10']);
    await change(player, 'balance_after = 10, delta = 10 where revision = 2');
    await world.ground.sql('economy', 'delete from ledger where revision = 1 and player_id = $1', [player.playerId]);
    expect(await named(player)).toEqual(['ledger_rows_without_gap: 2, 1']);
    await change(player, 'revision = 1 where revision = 2');
    await world.ground.sql('economy', 'update holding set revision = 1 where player_id = $1', [player.playerId]);
    expect(await named(player)).toEqual([]);
  });

  it('is looked at again from the first change after a merge', async () => {
    const [from, to] = [world.newPlayer('guest'), world.newPlayer('account')];
    for (const { playerId } of [from, to]) await world.giveGold(scope, playerId, 5);
    await world.messenger.request(mergeHoldings, { scope, sagaId: randomUUID(), from, to });
    expect(await named(to)).toEqual([]);
    await world.debit(scope, to, 1);
    expect((await rows(to)).map(({ balance_after: after }) => after)).toEqual([5, 5, 9]);
    expect(await named(to)).toEqual([]);
    await change(to, 'balance_after = 8 where revision = 4');
    expect(await named(to)).toEqual(['newest_balance_is_holding: 8, 9']);
    await change(to, 'balance_after = 9 where revision = 4');
  });

  it('is the only one of its number: the database refuses a second', async () => {
    const player = world.newPlayer();
    await world.giveGold(scope, player.playerId, 5);
    await world.giveGold(scope, player.playerId, 5);
    await expect(change(player, 'revision = 1 where revision = 2')).rejects.toMatchObject({ code: '23505' });
  });
});
