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
    const told: unknown[] = [];
    const stop = world.messenger.onFact(levelReached, (fact) => told.push(fact));
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
    expect(told).toEqual([]);
    stop();
  });
});
