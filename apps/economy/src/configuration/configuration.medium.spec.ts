import { randomUUID } from 'node:crypto';
import { configurationRoutes } from '@kraty/contracts/configuration';
import { catalogChanged, readCatalog } from '@kraty/contracts/economy';
import { eventually } from '@kraty/testing/harness';
import { EconomyWorld, gold } from '../testing/economy-world.fixture.js';

const routes = configurationRoutes('economy');
const torch = { key: 'torch', name: 'Torch' };

describe('configuring the catalog', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const exported = (game: Parameters<EconomyWorld['configure']>[0]) => world.messenger.request(routes.export, { game });
  const catalogOf = (game: Parameters<EconomyWorld['configure']>[0]) => world.messenger.request(readCatalog, { game });

  it('exports in canonical form: sorted by key, defaults left out', async () => {
    const game = await world.game({
      items: [
        {
          key: 'torch',
          name: { de: 'Fackel', 'de-AT': 'Fackel\r\n' },
          itemTypeKey: 'generic',
          tags: [],
          attributes: {},
        },
        { key: 'bow', name: 'Bow', itemTypeKey: 'cosmetic', rarity: 'rare', attributes: { z: 1, a: { y: 1, b: 2 } } },
      ],
      currencies: [
        { key: 'xp', name: 'Experience', kind: 'progression', clientWritable: true },
        { ...gold, initialBalance: 0, clientWritable: false, description: null },
      ],
    });
    const { sections, archivedKeys } = await exported(game);
    expect(JSON.stringify(sections)).toBe(
      JSON.stringify({
        itemTypes: [],
        items: [
          { key: 'bow', name: 'Bow', itemTypeKey: 'cosmetic', rarity: 'rare', attributes: { a: { b: 2, y: 1 }, z: 1 } },
          { key: 'torch', name: { de: 'Fackel', 'de-AT': 'Fackel\n' } },
        ],
        currencies: [
          { key: 'gold', name: 'Gold', kind: 'currency' },
          { key: 'xp', name: 'Experience', kind: 'progression', clientWritable: true },
        ],
      }),
    );
    expect(archivedKeys).toEqual({ itemTypes: [], items: [], currencies: [] });
  });

  it('exports the same after applying the export to an empty game', async () => {
    const first = await exported(await world.game({ items: [torch], currencies: [{ ...gold, initialBalance: 5 }] }));
    const second = await exported(await world.game(first.sections));
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  it("shows players the catalog without operators' fields, under a tag of its content", async () => {
    const game = await world.game({ items: [torch], currencies: [{ ...gold, initialBalance: 5 }] });
    const { etag, catalog } = await catalogOf(game);
    expect(catalog).toEqual({
      items: [
        {
          ...{ key: 'torch', name: 'Torch', iconUrl: null, description: null, itemTypeKey: 'generic' },
          ...{ tags: [], rarity: null, attributes: {} },
        },
      ],
      currencies: [{ key: 'gold', name: 'Gold', iconUrl: null, description: null, kind: 'currency' }],
    });
    expect(etag).toMatch(/^"[\w-]+"$/);
    await world.configure(game, { items: [{ ...torch, rarity: 'rare' }] });
    expect((await catalogOf(game)).etag).not.toBe(etag);
  });

  it('leaves archived rows out of the catalog, and brings one back that is named again', async () => {
    const game = await world.game({ items: [torch] });
    await world.configure(game, {}, { items: ['torch'] });
    expect((await catalogOf(game)).catalog.items).toEqual([]);
    expect((await exported(game)).archivedKeys).toEqual({ itemTypes: [], items: ['torch'], currencies: [] });
    await world.configure(game, { items: [torch] });
    expect((await catalogOf(game)).catalog.items).toHaveLength(1);
  });

  it('has an empty catalog for a game nobody configured', async () => {
    expect((await catalogOf(world.newGame())).catalog).toEqual({ items: [], currencies: [] });
  });

  it('tells every change with a growing version', async () => {
    const heard: number[] = [];
    const game = world.newGame();
    const stop = world.messenger.onFact(catalogChanged, ({ scope, payload }) => {
      if (scope.gameId === game.gameId) heard.push(payload.version);
    });
    await world.configure(game, { items: [torch] });
    await world.configure(game, { currencies: [gold] });
    await world.configure(game, {});
    await eventually(() => expect(heard).toEqual([1, 2]));
    stop();
  });

  it('names every reason at once why a catalog cannot stand', async () => {
    const game = await world.game();
    const apply = world.applyOf(game, {
      items: [
        { key: '0198f0b2-0000-7000-8000-00000000abcd', name: 'Id' },
        { key: 'sword', name: '', itemTypeKey: 'weapon', attributes: { big: 'x'.repeat(9_000) } },
        { ...torch, tags: Array.from({ length: 21 }, () => 'tag') },
        torch,
      ],
      currencies: [
        { ...gold, kind: 'progression' },
        { key: 'gems', name: 'Gems', kind: 'currency', clientWritable: true, initialBalance: -1 },
      ],
    });
    const { issues } = await world.messenger.request(routes.check, apply);
    expect(issues.map(({ path, code }) => [path, code])).toEqual([
      ['items[torch].key', 'duplicate'],
      ['items[0198f0b2-0000-7000-8000-00000000abcd].key', 'format'],
      ['items[sword].name', 'length'],
      ['items[sword].itemTypeKey', 'unknown_reference'],
      ['items[sword].attributes', 'length'],
      ['items[torch].tags', 'length'],
      ['currencies[gold].kind', 'conflict'],
      ['currencies[gems].initialBalance', 'range'],
      ['currencies[gems].clientWritable', 'conflict'],
    ]);
    await expect(world.messenger.request(routes.prepare, apply)).rejects.toMatchObject({
      code: 'config_invalid',
      status: 422,
      details: { issues },
    });
  });

  describe('as a step of the saga', () => {
    const commit = (game: Parameters<EconomyWorld['configure']>[0], applyId: string) =>
      world.messenger.request(routes.commit, { game, applyId });
    const abandon = (game: Parameters<EconomyWorld['configure']>[0], applyId: string) =>
      world.messenger.request(routes.abandon, { game, applyId });

    it('may be repeated at every point', async () => {
      const game = world.newGame();
      const apply = world.applyOf(game, { items: [torch] });
      await world.messenger.request(routes.prepare, apply);
      await world.messenger.request(routes.prepare, apply);
      expect((await catalogOf(game)).catalog.items).toEqual([]);
      await commit(game, apply.applyId);
      await commit(game, apply.applyId);
      await world.messenger.request(routes.prepare, apply);
      expect((await catalogOf(game)).catalog.items).toHaveLength(1);
      const text = 'select version from catalog_version where game_id = $1';
      expect(await world.ground.sql('economy', text, [game.gameId])).toEqual([{ version: 1 }]);
    });

    it('refuses a second apply of the game until the first is decided', async () => {
      const game = world.newGame();
      const [first, second] = [world.applyOf(game, { items: [torch] }), world.applyOf(game, { currencies: [gold] })];
      await world.messenger.request(routes.prepare, first);
      await expect(world.messenger.request(routes.prepare, second)).rejects.toMatchObject({
        status: 409,
        details: { reason: 'apply_running' },
      });
      await abandon(game, first.applyId);
      await world.messenger.request(routes.prepare, second);
      await commit(game, second.applyId);
      expect((await catalogOf(game)).catalog).toMatchObject({ items: [], currencies: [{ key: 'gold' }] });
    });

    it('stays abandoned, also when the prepare arrives after it', async () => {
      const game = world.newGame();
      const apply = world.applyOf(game, { items: [torch] });
      await abandon(game, apply.applyId);
      await abandon(game, apply.applyId);
      const refused = { status: 409, details: { reason: 'apply_abandoned' } };
      await expect(world.messenger.request(routes.prepare, apply)).rejects.toMatchObject(refused);
      await expect(commit(game, apply.applyId)).rejects.toMatchObject(refused);
    });

    it('stays committed, and commits nothing it has not prepared', async () => {
      const game = world.newGame();
      const apply = world.applyOf(game, { items: [torch] });
      await world.messenger.request(routes.prepare, apply);
      await commit(game, apply.applyId);
      await expect(abandon(game, apply.applyId)).rejects.toMatchObject({ details: { reason: 'apply_committed' } });
      await expect(commit(game, randomUUID())).rejects.toMatchObject({ status: 404 });
    });
  });
});
