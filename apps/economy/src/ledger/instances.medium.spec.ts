import { EconomyWorld, gold, keyOf } from '../testing/economy-world.fixture.js';

const xp = { key: 'xp', name: 'Experience', kind: 'progression' as const };
const level = {
  ...{ key: 'level', name: 'Level', kind: 'progression' as const },
  derivedFrom: { sourceKey: 'xp', thresholds: [0, 50, 100] },
};

/** Within one instance the writes of a player queue; between instances only the database decides. */
describe('two instances at once', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
    await world.addInstance();
  });

  afterAll(async () => {
    await world.stop();
  });

  it('let exactly 100 of 200 parallel debits of 1 through a balance of 100', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    await world.giveGold(scope, player.playerId, 100);
    const debits = await Promise.allSettled(Array.from({ length: 200 }, () => world.debit(scope, player, 1)));
    const refused = debits.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(debits.length - refused.length).toBe(100);
    for (const { reason } of refused) expect(reason).toMatchObject({ status: 409 });
    expect(await world.wallet(scope, player.playerId)).toEqual({ gold: 0 });
    expect(await world.ledgerSums(scope, player.playerId)).toEqual({ gold: 0 });
  });

  it('apply one of fifty twins, under a key and under an operation id, on rows that are not there yet', async () => {
    const scope = await world.game({ currencies: [{ ...gold, initialBalance: 100 }] });
    const player = world.newPlayer();
    const debits = Array.from({ length: 50 }, () => world.debit(scope, player, 30, keyOf('twin')));
    const deltas = [{ type: 'economy' as const, key: 'gold', delta: 7 }];
    const gifts = Array.from({ length: 50 }, () => world.give(scope, player.playerId, deltas, 'gift'));
    const told = await Promise.all([...debits, ...gifts]);
    expect(told.filter(({ applied }) => applied)).toHaveLength(2);
    expect(await world.ledgerSums(scope, player.playerId)).toEqual({ gold: 77 });
  });

  it('keep what follows where it belongs, without a deadlock', async () => {
    const scope = await world.game({ items: [{ key: 'bow', name: 'Bow' }], currencies: [gold, xp, level] });
    const players = Array.from({ length: 5 }, () => world.newPlayer().playerId);
    const deltas = [
      { type: 'item' as const, key: 'bow', delta: 1 },
      { type: 'economy' as const, key: 'xp', delta: 10 },
      { type: 'economy' as const, key: 'gold', delta: 1 },
    ];
    await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        world.give(scope, players[at % players.length]!, at % 2 === 0 ? deltas : deltas.toReversed()),
      ),
    );
    for (const playerId of players) {
      expect(await world.wallet(scope, playerId)).toEqual({ gold: 20, xp: 200, level: 3 });
      expect(await world.ledgerSums(scope, playerId)).toEqual({ bow: 20, gold: 20, xp: 200, level: 3 });
    }
    expect(await world.deadlocks()).toBe(0);
  });
});
