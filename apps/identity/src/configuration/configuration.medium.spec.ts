import {
  applyConfiguration,
  exportConfiguration,
  gameChanged,
  planConfiguration,
  readAudit,
  readSettings,
  type ApplyConfiguration,
  type Game,
  type Operator,
} from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { IdentityUnderTest } from '../identity.fixture.js';
import { document } from './documents.fixture.js';
import { FakeOwners } from './owners.fixture.js';

let sut: IdentityUnderTest;
let owners: FakeOwners;
let operator: Operator;
let game: Game;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  owners = await FakeOwners.start(sut.ground);
  operator = await sut.operator();
});
beforeEach(async () => {
  for (const owner of owners.all) owner.reset();
  game = await sut.game(operator);
});
afterAll(async () => {
  await owners.stop();
  await sut.stop();
});

const place = () => ({ operator, studioId: game.studioId, gameId: game.id });

function plan(input: unknown, mode: 'merge' | 'mirror' = 'merge') {
  return sut.messenger.request(planConfiguration, { ...place(), document: input as string, mode });
}

function apply(input: unknown, more: Partial<ApplyConfiguration> = {}) {
  const call = {
    ...place(),
    document: input as string,
    mode: 'merge' as const,
    planHash: null,
    reason: 'first release',
  };
  return sut.messenger.request(applyConfiguration, { ...call, ...more });
}

async function exported(format: 'yaml' | 'json' = 'yaml') {
  return (await sut.messenger.request(exportConfiguration, { ...place(), format, sections: null })).text;
}

const statesOfApplies = () =>
  sut.ground.sql<{ state: string }>('identity', 'select state from configuration_apply where game_id = $1', [game.id]);

describe('a plan', () => {
  it('says what a document would make of an empty game, and writes nothing', async () => {
    const planned = await plan(document(game.slug));
    expect(planned).toMatchObject({ configVersion: 1, archives: [], warnings: [], errors: [] });
    expect(planned.creates.map(({ section, key }) => `${section} ${key}`)).toEqual([
      'items torch',
      'currencies gold',
      'rewardBundles daily_prize',
      'events daily_race',
    ]);
    expect(planned.updates).toEqual([
      {
        ref: { section: 'settings', key: 'settings' },
        diff: [{ path: '/grantDefaultTtlDays', before: null, after: 30 }],
      },
    ]);
    expect(await statesOfApplies()).toEqual([]);
  });

  it('answers with the problems the owners find', async () => {
    owners.events.issues = [{ path: 'events[daily_race].metrics', code: 'required', message: 'is required' }];
    const planned = await plan(document(game.slug));
    expect(planned.errors).toEqual(owners.events.issues);
  });

  it('warns of a document of another game', async () => {
    expect((await plan(document('other'))).warnings).toMatchObject([{ code: 'slug_differs', path: 'game.slug' }]);
  });

  it('lists every problem of shape at once', async () => {
    const broken = {
      ...document(game.slug),
      kind: 'Game',
      settings: { color: 'red', slug: 'x', grantDefaultTtlDays: -1 },
      webhooks: [{ url: 'https://example.com' }],
      spells: [],
      items: [{ key: 'a b', name: 'Torch', weight: 3 }],
    };
    const refusal = (await plan(broken).catch((error: unknown) => error)) as { details: { issues: object[] } };
    expect(refusal).toMatchObject({ code: 'validation_failed', status: 400 });
    expect(refusal.details.issues.map((issue) => `${Object.values(issue).slice(0, 2).join(' ')}`).sort()).toEqual([
      'body.items[0].key format',
      'body.items[0].weight unknown_field',
      'body.kind enum',
      'body.settings.color unknown_field',
      'body.settings.grantDefaultTtlDays range',
      'body.settings.slug unknown_field',
      'body.spells unknown_field',
      'body.webhooks unsupported',
    ]);
  });
});

describe('an apply', () => {
  it('changes every owner, the settings, the version, and leaves one audit row', async () => {
    const told: unknown[] = [];
    const stop = sut.messenger.onFact(gameChanged, (fact) => void told.push(fact.payload.settings.grantDefaultTtlDays));
    const applied = await apply(document(game.slug));
    expect(applied).toMatchObject({ configVersion: 2, unchanged: 0 });
    expect(owners.economy.keys('items')).toEqual(['torch']);
    expect(owners.grants.keys('rewardBundles')).toEqual(['daily_prize']);
    expect(owners.events.keys('events')).toEqual(['daily_race']);
    const { settings, version } = await sut.messenger.request(readSettings, place());
    expect(settings.grantDefaultTtlDays).toBe(30);
    expect(version).toBe(2);
    const row = await sut.messenger.request(readAudit, { ...place(), auditId: applied.auditId });
    expect(row).toMatchObject({ action: 'config.apply', reason: 'first release', metadata: { mode: 'merge' } });
    expect(row.diff).toEqual([{ path: '/settings/settings/grantDefaultTtlDays', before: null, after: 30 }]);
    await eventually(() => expect(told).toContain(30));
    stop();
  });

  it('of the same document changes nothing more', async () => {
    await apply(document(game.slug));
    const again = await apply(document(game.slug));
    expect(again).toMatchObject({ configVersion: 2, creates: [], updates: [], archives: [], unchanged: 5 });
    expect(owners.economy.committed).toHaveLength(1);
  });

  it('sees through defaults that are spelled out', async () => {
    await apply(document(game.slug));
    const items = [{ key: 'torch', name: 'Torch', itemTypeKey: 'consumable', tags: [], rarity: null, attributes: {} }];
    expect(await plan(document(game.slug, { items }))).toMatchObject({ updates: [], unchanged: 5 });
  });

  it('exports what it was given, byte for byte, in YAML and in JSON', async () => {
    for (const format of ['yaml', 'json'] as const) {
      for (const owner of owners.all) owner.reset();
      await apply(document(game.slug));
      const first = await exported(format);
      for (const owner of owners.all) owner.reset();
      await apply(first);
      expect(await exported(format)).toBe(first);
      expect(await plan(first, 'mirror')).toMatchObject({ creates: [], updates: [], archives: [], unchanged: 5 });
    }
  });

  it('archives in mirror what the document does not name, and leaves it in merge', async () => {
    await apply(document(game.slug));
    const without = document(game.slug, { events: [] });
    expect(await plan(without, 'merge')).toMatchObject({ archives: [] });
    expect((await apply(without, { mode: 'mirror' })).archives).toEqual([{ section: 'events', key: 'daily_race' }]);
    expect(owners.events.keys('events')).toEqual([]);
    expect(owners.economy.keys('items')).toEqual(['torch']);
  });

  it('is refused when an owner finds a problem, and nobody was asked to prepare', async () => {
    owners.grants.issues = [
      { path: 'rewardBundles[daily_prize].entries[0]', code: 'unknown_reference', message: 'no' },
    ];
    await expect(apply(document(game.slug))).rejects.toMatchObject({
      code: 'config_invalid',
      status: 422,
      details: { issues: [{ path: 'body.document.rewardBundles[daily_prize].entries[0]', code: 'unknown_reference' }] },
    });
    expect(await statesOfApplies()).toEqual([]);
  });

  it('is refused for two objects of one key', async () => {
    const currencies = ['Gold', 'Silver'].map((name) => ({ key: 'gold', name, kind: 'currency' as const }));
    const refusal = apply(document(game.slug, { currencies }));
    await expect(refusal).rejects.toMatchObject({
      code: 'config_invalid',
      details: { issues: [{ code: 'duplicate' }] },
    });
  });

  it('is refused when the plan is no longer the one that was looked at', async () => {
    const { planHash } = await plan(document(game.slug));
    await apply(document(game.slug, { items: [] }));
    await expect(apply(document(game.slug), { planHash })).rejects.toMatchObject({ code: 'version_conflict' });
    const fresh = await plan(document(game.slug));
    await apply(document(game.slug), { planHash: fresh.planHash });
  });

  it('is undone everywhere when the last owner refuses to prepare', async () => {
    owners.events.refusesPrepare = true;
    await expect(apply(document(game.slug))).rejects.toMatchObject({
      code: 'conflict',
      details: { reason: 'apply_running' },
    });
    expect(await statesOfApplies()).toEqual([{ state: 'abandoned' }]);
    for (const owner of owners.all) expect([...owner.prepared.keys(), ...owner.committed]).toEqual([]);
    owners.events.refusesPrepare = false;
    await apply(document(game.slug));
  });

  it('lets only one of many at once change a game, and ends consistent', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => {
        const items = [{ key: `item_${index}`, name: 'Item' }];
        return apply(document(game.slug, { items, currencies: [], rewardBundles: [], events: [] }));
      }),
    );
    const done = answers.filter(({ status }) => status === 'fulfilled');
    expect(done.length).toBeGreaterThanOrEqual(1);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ details: { reason: 'apply_running' } });
    }
    expect(owners.economy.keys('items')).toHaveLength(done.length);
    const settings = await sut.messenger.request(readSettings, place());
    expect(settings.version).toBe(1 + done.length);
  });
});
