import { configurationRoutes } from '@kraty/contracts/configuration';
import {
  previewBundles,
  rewardsChanged,
  type RewardBundleConfiguration,
  type RewardEntry,
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
    expect((await exported(game)).archivedKeys).toEqual({ rewardBundles: ['old'] });
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
    const unsupported = { type: 'table', tableKey: 'T' } as unknown as RewardEntry;
    const apply = world.applyOf(game, {
      rewardBundles: [
        bundleOf('empty'),
        bundleOf(
          'broken',
          { type: 'currency', currencyKey: 'shells', amount: 1 },
          { type: 'currency', currencyKey: 'gold', amount: { min: 5, max: 4 } },
          { type: 'item', itemKey: 'gold', quantity: 1.5 },
          unsupported,
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
      ['rewardBundles[broken].entries[3].type', 'unsupported'],
      ['rewardBundles[broken].entries[0].currencyKey', 'unknown_reference'],
      ['rewardBundles[broken].entries[2].itemKey', 'unknown_reference'],
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
    const desired = { items: [], currencies: [], rewardBundles: [prize], events: [] };
    const apply = { ...world.applyOf(game, {}), desired };
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
});
