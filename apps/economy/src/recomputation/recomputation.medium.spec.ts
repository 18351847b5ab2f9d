import { levelReached, type CurrencyConfiguration } from '@kraty/contracts/economy';
import { EconomyWorld } from '../testing/economy-world.fixture.js';

const xp: CurrencyConfiguration = { key: 'xp', name: 'Experience', kind: 'progression' };
const levelAt = (thresholds: number[]): CurrencyConfiguration => ({
  ...{ key: 'level', name: 'Level', kind: 'progression' },
  derivedFrom: {
    ...{ sourceKey: 'xp', thresholds },
    levelRewards: [{ level: 3, entries: [{ type: 'currency', currencyKey: 'xp', amount: 1 }] }],
  },
});

describe('the daily recomputation', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  it('puts every player where new thresholds want them, page by page, and pays nothing', async () => {
    const scope = await world.game({ currencies: [xp, levelAt([0, 1_000])] });
    const players = Array.from({ length: 201 }, () => world.newPlayer());
    const give = (delta: number) =>
      Promise.all(players.map(({ playerId }) => world.give(scope, playerId, [{ type: 'economy', key: 'xp', delta }])));
    await give(30);
    await world.configure(scope, { currencies: [levelAt([0, 10, 20])] });
    await world.recompute();
    const text = `select amount, count(*)::int from holding where game_id = $1 and resource_key = 'level' group by amount`;
    expect(await world.ground.sql('economy', text, [scope.gameId])).toEqual([{ amount: 3, count: 201 }]);
    const rows = (await world.ledger(scope, players[0]!.playerId)).filter(({ reason }) => reason === 'derived');
    expect(rows.map(({ delta }) => delta)).toEqual([1, 2]);
    await world.recompute();
    expect(await world.ledger(scope, players[0]!.playerId)).toHaveLength(3);
    expect(await world.told(levelReached, scope)).toEqual([]);
  });

  it('reaches what follows a progression that stands where it should', async () => {
    const rankAt = (thresholds: number[]): CurrencyConfiguration => ({
      ...{ key: 'rank', name: 'Rank', kind: 'progression', derivedFrom: { sourceKey: 'level', thresholds } },
    });
    const scope = await world.game({ currencies: [xp, levelAt([0, 10]), rankAt([0, 5])] });
    const { playerId } = world.newPlayer();
    await world.give(scope, playerId, [{ type: 'economy', key: 'xp', delta: 30 }]);
    expect(await world.wallet(scope, playerId)).toEqual({ xp: 30, level: 2, rank: 1 });
    await world.configure(scope, { currencies: [rankAt([0, 2])] });
    await world.recompute();
    expect(await world.wallet(scope, playerId)).toEqual({ xp: 30, level: 2, rank: 2 });
    const rows = await world.ledger(scope, playerId);
    await world.recompute();
    expect(await world.ledger(scope, playerId)).toEqual(rows);
  });

  it('goes by thresholds that come while it runs, and sets nobody back', async () => {
    const scope = await world.game({ currencies: [xp, levelAt([0, 1_000])] });
    const players = Array.from({ length: 201 }, () => world.newPlayer().playerId).toSorted();
    await Promise.all(players.map((id) => world.give(scope, id, [{ type: 'economy', key: 'xp', delta: 30 }])));
    await world.configure(scope, { currencies: [levelAt([0, 10])] });
    let changes = 0;
    await world.recompute(async () => {
      if (changes > 0 || (await world.wallet(scope, players[0]!))['level'] === 1) return;
      changes += 1;
      await world.configure(scope, { currencies: [levelAt([0, 10, 20])] });
    });
    expect(changes).toBe(1);
    expect(await world.wallet(scope, players.at(-1)!)).toEqual({ xp: 30, level: 3 });
  });
});
