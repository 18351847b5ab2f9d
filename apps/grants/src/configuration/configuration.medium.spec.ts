import { configurationRoutes } from '@kraty/contracts/configuration';
import {
  previewBundles,
  rewardsChanged,
  type RewardBundleConfiguration,
  type RewardEntry,
  type RewardTableConfiguration,
} from '@kraty/contracts/grants';
import { eventually } from '@kraty/testing/harness';
import { GrantsWorld, prize } from '../testing/grants-world.fixture.js';

const routes = configurationRoutes('grants');

describe('configuring reward bundles', () => {
  let world: GrantsWorld;

  beforeAll(async () => {
    world = await GrantsWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  type Game = Parameters<GrantsWorld['configure']>[0];
  const exported = (game: Game) => world.messenger.request(routes.export, { game });
  const preview = (game: Game, ...keys: string[]) => world.messenger.request(previewBundles, { game, keys });

  const bundleOf = (key: string, ...entries: RewardEntry[]): RewardBundleConfiguration => ({ key, name: key, entries });

  it('exports in canonical form and the same again from another game', async () => {
    const gold = { type: 'currency' as const, currencyKey: 'gold', amount: { step: 1, max: 9, min: 0 } };
    const torch = { type: 'item' as const, itemKey: 'torch', quantity: 1, parameters: { z: 1, a: 2 } };
    const first = await exported(await world.game(prize, bundleOf('a_prize', torch, gold)));
    expect(JSON.stringify(first.sections)).toBe(
      JSON.stringify({
        rewardBundles: [
          {
            key: 'a_prize',
            name: 'a_prize',
            entries: [
              { type: 'item', itemKey: 'torch', quantity: 1, parameters: { a: 2, z: 1 } },
              { type: 'currency', currencyKey: 'gold', amount: { min: 0, max: 9 } },
            ],
          },
          prize,
        ],
        rewardTables: [],
      }),
    );
    const second = await exported(await world.game(...first.sections.rewardBundles!));
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  it('previews live bundles, and knows nothing of archived and unknown ones', async () => {
    const game = await world.game(prize, bundleOf('old', ...prize.entries));
    await world.archiveBundles(game, 'old');
    const { bundles } = await preview(game, 'daily_prize', 'old', 'gone');
    expect(bundles).toEqual({ daily_prize: { ...prize, randomEntries: 0 }, old: null, gone: null });
    expect((await exported(game)).archivedKeys).toEqual({ rewardBundles: ['old'], rewardTables: [] });
  });

  it('brings an archived bundle back that is named again', async () => {
    const game = await world.game(prize);
    await world.archiveBundles(game, 'daily_prize');
    await world.configure(game, 'grants', { rewardBundles: [prize] });
    expect((await preview(game, 'daily_prize')).bundles['daily_prize']).not.toBeNull();
  });

  it('tells every change with a growing version', async () => {
    const heard: [string, number][] = [];
    const stop = world.messenger.onFact(rewardsChanged, ({ scope, payload }) =>
      heard.push([scope.gameId, payload.version]),
    );
    const game = await world.game(prize);
    await world.archiveBundles(game, 'daily_prize');
    await eventually(() =>
      expect(heard.filter(([gameId]) => gameId === game.gameId).map(([, version]) => version)).toEqual([1, 2]),
    );
    stop();
  });

  it('names every reason at once why bundles cannot stand', async () => {
    const game = await world.game();
    const apply = world.applyOf(game, {
      rewardBundles: [
        bundleOf('empty'),
        bundleOf(
          'broken',
          { type: 'currency', currencyKey: 'shells', amount: 1 },
          { type: 'currency', currencyKey: 'gold', amount: { min: 5, max: 4 } },
          { type: 'item', itemKey: 'gold', quantity: 1.5 },
          { type: 'table', tableKey: 'T' },
        ),
        bundleOf(
          'rich',
          { type: 'currency', currencyKey: 'gold', amount: 2_147_483_647 },
          { type: 'currency', currencyKey: 'gold', amount: { min: 0, max: 1 } },
        ),
        bundleOf('rich', { type: 'currency', currencyKey: 'gold', amount: 1 }),
      ],
    });
    const { issues } = await world.messenger.request(routes.check, apply);
    expect(issues.map(({ path, code }) => [path, code])).toEqual([
      ['rewardBundles[rich].key', 'duplicate'],
      ['rewardBundles[empty].entries', 'length'],
      ['rewardBundles[broken].entries[1].amount', 'range'],
      ['rewardBundles[broken].entries[2].quantity', 'range'],
      ['rewardBundles[broken].entries[0].currencyKey', 'unknown_reference'],
      ['rewardBundles[broken].entries[2].itemKey', 'unknown_reference'],
      ['rewardBundles[broken].entries[3].tableKey', 'unknown_reference'],
      ['rewardBundles[rich].entries', 'range'],
    ]);
    await expect(world.messenger.request(routes.prepare, apply)).rejects.toMatchObject({
      code: 'config_invalid',
      status: 422,
      details: { issues },
    });
  });

  it('refuses to lose what an untouched bundle gives', async () => {
    const game = await world.game(prize);
    const apply = world.applyOf(game, {});
    Object.assign(apply.desired, { items: [], currencies: [], rewardBundles: [prize] });
    const { issues } = await world.messenger.request(routes.check, apply);
    expect(issues.map(({ path, code }) => [path, code])).toEqual([
      ['rewardBundles[daily_prize].entries[0].currencyKey', 'unknown_reference'],
      ['rewardBundles[daily_prize].entries[1].itemKey', 'unknown_reference'],
    ]);
  });

  it('may be repeated at every point, one apply a game at a time', async () => {
    const game = await world.game();
    const [first, second] = [
      world.applyOf(game, { rewardBundles: [prize] }),
      world.applyOf(game, { rewardBundles: [prize] }),
    ];
    await world.messenger.request(routes.prepare, first);
    await world.messenger.request(routes.prepare, first);
    await expect(world.messenger.request(routes.prepare, second)).rejects.toMatchObject({
      status: 409,
      details: { reason: 'apply_running' },
    });
    await world.messenger.request(routes.commit, { game, applyId: first.applyId });
    await world.messenger.request(routes.commit, { game, applyId: first.applyId });
    await world.messenger.request(routes.abandon, { game, applyId: second.applyId });
    const text = 'select revision from bundle_revision where game_id = $1';
    expect(await world.ground.sql('grants', text, [game.gameId])).toEqual([{ revision: 1 }]);
  });

  describe('and tables', () => {
    const gold = { type: 'currency' as const, currencyKey: 'gold', amount: 1 };
    const tableOf = (key: string, ...entries: RewardEntry[]): RewardTableConfiguration => ({
      ...{ key, name: key },
      weightedEntries: entries.map((entry) => ({ weight: 1, entry })),
    });
    const issuesOf = async (
      rewardTables: RewardTableConfiguration[],
      rewardBundles: RewardBundleConfiguration[] = [],
    ) => {
      const apply = world.applyOf(await world.game(), { rewardTables, rewardBundles });
      const { issues } = await world.messenger.request(routes.check, apply);
      return issues.map(({ path, code }) => [path, code]);
    };

    it('exports them in canonical form, defaults left out', async () => {
      const range = { type: 'currency' as const, currencyKey: 'gold', amount: { min: 1, max: 9, step: 1 } };
      const verbose = { ...tableOf('T', range), rolls: 1, withReplacement: true };
      const once = { ...tableOf('once', gold), rolls: { min: 0, max: 2 }, withReplacement: false };
      const { sections } = await exported(await world.gameOf({ rewardTables: [verbose, once] }));
      expect(JSON.stringify(sections.rewardTables)).toBe(
        JSON.stringify([
          {
            ...{ key: 'T', name: 'T' },
            weightedEntries: [
              { weight: 1, entry: { type: 'currency', currencyKey: 'gold', amount: { min: 1, max: 9 } } },
            ],
          },
          {
            ...{ key: 'once', name: 'once', weightedEntries: [{ weight: 1, entry: gold }] },
            ...{ rolls: { min: 0, max: 2 }, withReplacement: false },
          },
        ]),
      );
      const again = await exported(await world.gameOf({ rewardTables: sections.rewardTables! }));
      expect(JSON.stringify(again.sections.rewardTables)).toBe(JSON.stringify(sections.rewardTables));
    });

    it('names what is wrong with them by themselves', async () => {
      const weightless = { ...tableOf('light', gold), weightedEntries: [{ weight: 0, entry: gold }], rolls: 101 };
      expect(await issuesOf([tableOf('empty'), weightless, tableOf('light', gold)])).toEqual([
        ['rewardTables[light].key', 'duplicate'],
        ['rewardTables[empty].weightedEntries', 'length'],
        ['rewardTables[light].rolls', 'range'],
        ['rewardTables[light].weightedEntries[0].weight', 'range'],
      ]);
    });

    it('refuses circles, depths, unknown keys and too rich payouts', async () => {
      const rolling = (tableKey: string, rolls?: number): RewardEntry => ({
        type: 'table',
        tableKey,
        ...(rolls && { rolls }),
      });
      expect(await issuesOf([tableOf('a', rolling('b')), tableOf('b', rolling('a'))])).toEqual([
        ['rewardTables[a]', 'range'],
        ['rewardTables[b]', 'range'],
      ]);
      const box: RewardEntry = { type: 'crate', crateItemKey: 'torch', quantity: 1 };
      expect(await issuesOf([tableOf('a', rolling('gone'), box)])).toEqual([
        ['rewardTables[a].weightedEntries[0].entry.tableKey', 'unknown_reference'],
        ['rewardTables[a].weightedEntries[1].entry.crateItemKey', 'unknown_reference'],
      ]);
      const wide = [tableOf('ten', gold), tableOf('much', rolling('ten', 100))];
      expect(
        await issuesOf(wide, [bundleOf('rich', rolling('much', 2)), bundleOf('richer', rolling('much', 3))]),
      ).toEqual([['rewardBundles[richer].entries', 'length']]);
    });

    it('warns of a crate that is given as an item: nothing would ever open it', async () => {
      const items = [
        { key: 'torch', name: 'Torch' },
        { key: 'box', name: 'Box', itemTypeKey: 'crate', crate: { tableKey: 'T' } },
      ];
      const asItem: RewardEntry = { type: 'item', itemKey: 'box', quantity: 1 };
      const torch: RewardEntry = { type: 'item', itemKey: 'torch', quantity: 1 };
      const opened: RewardEntry = { type: 'crate', crateItemKey: 'box', quantity: 1 };
      const rewardBundles = [bundleOf('prize', torch, opened, asItem)];
      const rewardTables = [tableOf('T', gold), tableOf('U', gold, asItem)];
      const apply = world.applyOf(await world.game(), { rewardBundles, rewardTables });
      Object.assign(apply.desired, { items });
      const { issues, warnings } = await world.messenger.request(routes.check, apply);
      expect(issues).toEqual([]);
      expect(warnings.map(({ path, code, value }) => [path, code, value])).toEqual([
        ['rewardBundles[prize].entries[2].itemKey', 'crate_as_item', 'box'],
        ['rewardTables[U].weightedEntries[1].entry.itemKey', 'crate_as_item', 'box'],
      ]);
    });

    it('looks at bundles and crates that a table makes too rich', async () => {
      const items = [{ key: 'box', name: 'Box', itemTypeKey: 'crate', crate: { tableKey: 'T', rolls: 100 } }];
      const bundle = bundleOf('prize', { type: 'table', tableKey: 'T', rolls: 100 });
      const rewardTables = [tableOf('T', { ...gold, amount: 30_000_000 })];
      const apply = world.applyOf(await world.game(), { rewardTables });
      Object.assign(apply.desired, { items, rewardBundles: [bundle] });
      const { issues } = await world.messenger.request(routes.check, apply);
      expect(issues.map(({ path, code }) => [path, code])).toEqual([
        ['rewardBundles[prize].entries', 'range'],
        ['items[box].crate', 'range'],
      ]);
    });
  });
});
