import { randomUUID } from 'node:crypto';
import type { AuditRow, ConfigurationPlan, Game } from '@kraty/contracts/identity';
import { World, type Answer } from '@kraty/testing/world';
import { Browser, dataOf, sender, verdictOf } from './operators.fixture.js';

const services = ['gateway', 'identity', 'economy', 'events', 'leaderboards', 'grants'];
const document = (slug: string) => `
apiVersion: kraty/v1
kind: GameConfig
game: { slug: ${slug} }
settings: { grantDefaultTtlDays: 30, displayTimezone: Europe/Lisbon }
items:
  - { key: torch, name: Torch, itemTypeKey: consumable }
currencies:
  - { key: gold, name: { en: Gold, pt: Ouro }, kind: currency }
rewardBundles:
  - key: daily_prize
    name: Daily prize
    entries: [{ type: currency, currencyKey: gold, amount: 100 }, { type: item, itemKey: torch, quantity: 2 }]
events:
  - key: daily_race
    status: scheduled
    name: Daily race
    availability: { mode: always_on }
    metrics: [{ key: distance, target: 1000 }]
    rewardPolicy: { type: fixed_bundle, parameters: { rewardBundleKey: daily_prize } }
`;

let sut: World;
let browser: Browser;

beforeAll(async () => {
  sut = await World.start(services);
  browser = await Browser.signIn(sut);
});

afterAll(async () => {
  await sut.stop();
});

const yaml = { 'content-type': 'application/yaml' };

/** A game of its own for each test. */
async function newGame(): Promise<{ slug: string; path: string; call: Browser['call'] }> {
  const slug = `g-${randomUUID().slice(0, 8)}`;
  const games = `/admin/v1/studios/${sut.scope.studioId}/games`;
  const { id } = dataOf<Game>(await browser.call('POST', games, { displayName: 'Trail', slug }));
  const path = `${games}/${id}`;
  return { slug, path, call: (method, rest, body, headers) => browser.call(method, `${path}/${rest}`, body, headers) };
}

function apply(game: { call: Browser['call'] }, text: unknown, more: object = {}): Promise<Answer> {
  return game.call('POST', 'config/apply', { document: text, mode: 'merge', reason: 'first release', ...more });
}

describe('a document', () => {
  it('is planned, applied and exported; a second game made of the export exports the same bytes', async () => {
    const [first, second] = [await newGame(), await newGame()];
    const planned = await first.call('POST', 'config/plan', document(first.slug), yaml);
    expect(planned.status).toBe(200);
    const plan = dataOf<ConfigurationPlan>(planned);
    expect(plan).toMatchObject({ configVersion: 1, errors: [], archives: [] });
    expect(plan.creates.map(({ key }) => key)).toEqual(['torch', 'gold', 'daily_prize', 'daily_race']);

    const applied = await apply(first, document(first.slug), { planHash: plan.planHash });
    expect(applied.status).toBe(200);
    const { auditId, configVersion } = dataOf<ConfigurationPlan & { auditId: string }>(applied);
    const row = await first.call('GET', 'audit?action=config.');
    expect(dataOf<AuditRow[]>(row)).toMatchObject([{ id: auditId, reason: 'first release' }]);

    const exported = await first.call('GET', 'config/export');
    expect(exported.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    expect(exported.headers.get('etag')).toBe(`"${configVersion}"`);
    const forSecond = exported.text.replace(first.slug, second.slug);
    expect((await apply(second, forSecond)).status).toBe(200);
    expect((await second.call('GET', 'config/export?format=yaml')).text).toBe(forSecond);

    const again = dataOf<ConfigurationPlan>(await second.call('POST', 'config/plan?mode=mirror', forSecond, yaml));
    expect(again).toMatchObject({ creates: [], updates: [], archives: [], warnings: [], errors: [], unchanged: 5 });
  });

  it('may be JSON, as a text or as an object, and be exported in part', async () => {
    const game = await newGame();
    await apply(game, document(game.slug));
    const exported = await game.call('GET', 'config/export?format=json');
    expect(exported.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const whole = JSON.parse(exported.text) as Record<string, unknown>;
    const plan = async (body: unknown, headers = {}) =>
      dataOf<ConfigurationPlan>(await game.call('POST', 'config/plan', body, headers));
    expect(await plan(whole)).toMatchObject({ creates: [], updates: [], errors: [] });
    expect(await plan(exported.text, { 'content-type': 'text/yaml' })).toMatchObject({ creates: [], updates: [] });
    expect((await apply(game, whole)).status).toBe(200);
    const part = JSON.parse((await game.call('GET', 'config/export?format=json&sections=items,bots')).text) as object;
    expect(Object.keys(part)).toEqual(['apiVersion', 'kind', 'game', 'items']);
  });

  it('larger than a megabyte is planned like any other', async () => {
    const game = await newGame();
    const items = Array.from({ length: 3_000 }, (_, index) => ({
      key: `item_${index}`,
      name: `Item ${index}`,
      description: 'x'.repeat(400),
      itemTypeKey: 'thing',
    }));
    const large = { apiVersion: 'kraty/v1', kind: 'GameConfig', game: { slug: game.slug }, items };
    const planned = await game.call('POST', 'config/plan', large);
    expect(planned.status).toBe(200);
    expect(dataOf<ConfigurationPlan>(planned).creates).toHaveLength(3_000);
  });

  it('loses against a configuration that has moved since its plan', async () => {
    const game = await newGame();
    const { planHash } = dataOf<ConfigurationPlan>(await game.call('POST', 'config/plan', document(game.slug), yaml));
    await apply(game, document(game.slug).replace('30', '60'));
    expect(verdictOf(await apply(game, document(game.slug), { planHash }))).toEqual([409, 'version_conflict']);
  });

  it('that contradicts itself is refused with every problem, and changes nothing', async () => {
    const game = await newGame();
    const broken = document(game.slug)
      .replace('currencyKey: gold', 'currencyKey: gems')
      .replace('Key: daily_prize', 'Key: none');
    const refused = await apply(game, broken);
    expect(verdictOf(refused)).toEqual([422, 'config_invalid']);
    const { issues } = refused.json.error!.details as { issues: { path: string }[] };
    expect(issues.length).toBeGreaterThan(1);
    for (const { path } of issues) expect(path).toMatch(/^body\.document\./);
    expect((await game.call('GET', 'config/export')).text).not.toContain('torch');
  });

  it.each<[string, string, unknown, Record<string, string>, number]>([
    ['another content type', 'plan', 'a: 1', { 'content-type': 'text/plain' }, 415],
    ['no document', 'plan', undefined, {}, 400],
    ['text that is no YAML', 'plan', 'a: [', yaml, 400],
    ['text that is no JSON', 'plan', '{"a":', { 'content-type': 'application/json' }, 400],
    ['an alias', 'plan', 'a: &x 1\nb: *x', yaml, 400],
    ['an unknown section', 'plan', `${document('x')}\npets: []`, yaml, 400],
    ['a section to come', 'plan', `${document('x')}\nbots: [{ key: steady }]`, yaml, 400],
    ['a field the language reads of objects', 'plan', `${document('x')}\nconstructor: 1`, yaml, 400],
    [
      'such a field further down',
      'plan',
      document('x').replace('settings: {', 'settings: { constructor: 1,'),
      yaml,
      400,
    ],
    ['an unknown mode', 'plan?mode=replace', document('x'), yaml, 400],
    ['more than five mebibytes', 'plan', `# ${'x'.repeat(5 * 1024 * 1024)}`, yaml, 413],
    ['no reason', 'apply', { document: document('x'), mode: 'merge' }, {}, 400],
    ['an unknown field', 'apply', { document: document('x'), mode: 'merge', reason: 'because', dry: true }, {}, 400],
    ['YAML around the document', 'apply', 'document: x', yaml, 415],
  ])('is refused with %s', async (_name, route, body, headers, status) => {
    const game = await newGame();
    const answer = await game.call('POST', `config/${route}`, body, headers);
    expect(verdictOf(answer)).toEqual([status, 'validation_failed']);
  });

  it.each(['format=xml', 'sections=pets', 'includeArchived=true', 'format=yaml&format=json'])(
    'is not exported with %s',
    async (query) => {
      const game = await newGame();
      expect(verdictOf(await game.call('GET', `config/export?${query}`))).toEqual([400, 'validation_failed']);
    },
  );

  it('has a schema that anyone may read', async () => {
    const game = await newGame();
    const schema = await sender(sut, {})('GET', `${game.path}/config/schema.json`);
    expect(schema.status).toBe(200);
    expect(schema.json).toMatchObject({ type: 'object', required: ['apiVersion', 'kind', 'game'] });
  });

  it('comes and goes with an access token, as CI sends it', async () => {
    const { gameId } = sut.scope;
    const wanted = { name: 'CI', expiresInDays: 1, permissions: ['config.export', 'config.plan', 'config.apply'] };
    const minted = await browser.call('POST', '/admin/v1/auth/tokens', { ...wanted, gameIds: [gameId] });
    const script = sender(sut, { authorization: `Bearer ${dataOf<{ token: string }>(minted).token}` });
    const config = `/admin/v1/studios/${sut.scope.studioId}/games/${gameId}/config`;
    expect((await script('POST', `${config}/plan`, document('game'), yaml)).status).toBe(200);
    const body = { document: document('game'), mode: 'mirror', reason: 'from git' };
    expect((await script('POST', `${config}/apply`, body)).status).toBe(200);
    expect((await script('GET', `${config}/export`)).text).toContain('daily_race');
  });
});
