import { randomUUID } from 'node:crypto';
import type { Usage } from '@kraty/contracts/configuration';
import type { Grant, OddsReport, RewardTable, TableOdds, TableSimulation } from '@kraty/contracts/grants';
import type { AuditRow } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { World } from '@kraty/testing/world';
import { Browser, dataOf, verdictOf } from './operators.fixture.js';

const services = ['gateway', 'identity', 'economy', 'events', 'leaderboards', 'grants'];
const connectionsOfAService = 10;
const gold = (amount: number) => ({ type: 'currency', currencyKey: 'gold', amount });
const document = (slug: string) => `
apiVersion: kraty/v1
kind: GameConfig
game: { slug: ${slug} }
settings: { inventoryManagement: permissive }
items:
  - { key: box, name: Box, itemTypeKey: crate, crate: { tableKey: T } }
currencies:
  - { key: gold, name: Gold, kind: currency }
rewardTables:
  - key: T
    name: Table
    weightedEntries:
      - { weight: 3, entry: { type: currency, currencyKey: gold, amount: 10 } }
      - { weight: 1, entry: { type: currency, currencyKey: gold, amount: 50 } }
`;

let sut: World;
let browser: Browser;
let game: string;

beforeAll(async () => {
  sut = await World.start(services);
  browser = await Browser.signIn(sut);
  game = `/admin/v1/studios/${sut.scope.studioId}/games/${sut.scope.gameId}`;
  const { slug } = dataOf<{ slug: string }>(await browser.call('GET', game));
  const applied = await browser.call('POST', `${game}/config/apply`, {
    ...{ document: document(slug), mode: 'merge', reason: 'for the tests' },
  });
  expect(applied.status).toBe(200);
});

afterAll(() => sut.stop());

const ifMatch = (version: number) => ({ 'if-match': `"${version}"` });

describe('tables and bundles, one by one', () => {
  it('are made, read, changed by version, archived and brought back', async () => {
    const bundle = { key: 'prize', name: 'Prize', entries: [{ type: 'table', tableKey: 'T' }] };
    const made = await browser.call('POST', `${game}/reward-bundles`, bundle);
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    expect(verdictOf(await browser.call('POST', `${game}/reward-bundles`, bundle))).toEqual([409, 'conflict']);
    const path = `${game}/reward-bundles/prize`;
    const richer = { ...bundle, entries: [...bundle.entries, gold(5)] };
    const changed = await browser.call('PUT', path, richer, ifMatch(1));
    expect(dataOf(changed)).toMatchObject({ ...richer, version: 2, archivedAt: null });
    expect(verdictOf(await browser.call('PUT', path, richer, ifMatch(1)))).toEqual([409, 'version_conflict']);

    const used = dataOf<Usage[]>(await browser.call('GET', `${game}/reward-tables/T/usages`));
    expect(used.map((usage) => usage.path)).toEqual([
      'items[box].crate.tableKey',
      'rewardBundles[prize].entries[0].tableKey',
    ]);
    const refused = await browser.call('POST', `${game}/reward-tables/T/archive`, {}, ifMatch(1));
    expect([verdictOf(refused), refused.json.error?.details]).toMatchObject([[409, 'conflict'], { usages: used }]);

    expect(dataOf(await browser.call('POST', `${path}/archive`, {}, ifMatch(2)))).toMatchObject({ version: 3 });
    expect(dataOf<object[]>(await browser.call('GET', `${game}/reward-bundles`))).toEqual([]);
    expect(dataOf<object[]>(await browser.call('GET', `${game}/reward-bundles?archived=true`))).toHaveLength(1);
    const back = dataOf<RewardTable>(await browser.call('POST', `${path}/unarchive`, {}, ifMatch(3)));
    expect(back).toMatchObject({ version: 4, archivedAt: null });
  });

  it('are written once under a key, and repeats get the first answer, whatever has become of them', async () => {
    const path = `${game}/reward-bundles`;
    const bundle = { key: 'once', name: 'Once', entries: [gold(1)], idempotencyKey: 'make' };
    const twins = await Promise.all([1, 2].map(() => browser.call('POST', path, bundle)));
    expect(twins.map(({ status }) => status)).toEqual([201, 201]);
    const richer = { ...bundle, entries: [gold(2)], idempotencyKey: 'change' };
    const change = () => browser.call('PUT', `${path}/once`, richer, ifMatch(1));
    const archive = () => browser.call('POST', `${path}/once/archive`, { idempotencyKey: 'archive' }, ifMatch(2));
    const [changed, archived] = [await change(), await archive()];
    for (const [first, again] of [
      [twins[0]!, await browser.call('POST', path, bundle)],
      [changed, await change()],
      [archived, await archive()],
    ] as const) {
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([
        ...[first.status, first.text, first.headers.get('etag')],
      ]);
    }
    const other = { ...richer, name: 'Other' };
    const conflict = await browser.call('PUT', `${path}/once`, other, ifMatch(1));
    expect(verdictOf(conflict)).toEqual([409, 'idempotency_conflict']);
    expect(dataOf(await browser.call('GET', `${path}/once`))).toMatchObject({ version: 3 });
  });

  it('are judged as their own write finds them: of two that only together make a circle one is refused', async () => {
    const path = `${game}/reward-tables`;
    const plain = { weight: 1, entry: gold(1) };
    const table = (key: string, ...others: string[]) => {
      const nested = others.map((tableKey) => ({ weight: 1, entry: { type: 'table', tableKey } }));
      return { key, name: key, weightedEntries: [plain, ...nested] };
    };
    for (const key of ['left', 'right']) await browser.call('POST', path, table(key));
    const both = await Promise.all([
      browser.call('PUT', `${path}/left`, table('left', 'right'), ifMatch(1)),
      browser.call('PUT', `${path}/right`, table('right', 'left'), ifMatch(1)),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 422]);
  });

  it('get through side by side, more of them than there are connections', async () => {
    const keys = Array.from({ length: connectionsOfAService + 2 }, (_, at) => `side_${at}`);
    const made = await Promise.all(
      keys.map((key) => browser.call('POST', `${game}/reward-bundles`, { key, name: key, entries: [gold(1)] })),
    );
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]));
  });

  it('go on record with what a document would say of them, and nothing where that stays as it was', async () => {
    const bundle = { key: 'same', name: 'Same', entries: [gold(1)] };
    const path = `${game}/reward-bundles`;
    await browser.call('POST', path, bundle);
    await browser.call('PUT', `${path}/same`, bundle, ifMatch(1));
    await browser.call('PUT', `${path}/same`, { ...bundle, entries: [gold(2)] }, ifMatch(2));
    const rows = `/admin/v1/studios/${sut.scope.studioId}/audit?action=reward_bundle.update`;
    await eventually(async () => {
      const acts = dataOf<AuditRow[]>(await browser.call('GET', rows)).filter(({ target }) => target.label === 'same');
      // Acts of other contexts go on record as they are heard of: one that had to be told twice comes last.
      const diffs = acts.map(({ diff }) => diff).toSorted((a, b) => a.length - b.length);
      expect(diffs).toEqual([[], [{ path: '/entries', before: [gold(1)], after: [gold(2)] }]]);
    });
  });

  it.each<[string, object, [number, string]]>([
    ['an unknown field', { key: 'x', name: 'X', entries: [gold(1)], colour: 'red' }, [400, 'validation_failed']],
    ['a number out of range', { key: 'x', name: 'X', entries: [gold(0)] }, [400, 'validation_failed']],
    [
      'a key nobody knows',
      { key: 'x', name: 'X', entries: [{ type: 'table', tableKey: 'none' }] },
      [422, 'config_invalid'],
    ],
    [
      'more than anybody holds',
      { key: 'x', name: 'X', entries: [gold(2_147_483_647), gold(1)] },
      [422, 'config_invalid'],
    ],
  ])('are refused with %s', async (_, bundle, verdict) => {
    expect(verdictOf(await browser.call('POST', `${game}/reward-bundles`, bundle))).toEqual(verdict);
  });

  it('tell their odds and simulate them, without writing', async () => {
    const odds = dataOf<TableOdds>(await browser.call('GET', `${game}/reward-tables/T/odds`));
    expect(odds).toMatchObject({
      ...{ tableKey: 'T', revision: 1, rolls: 1, withReplacement: true },
      picks: [{ exactly: { numerator: '3', denominator: '4' } }, { exactly: { numerator: '1', denominator: '4' } }],
      resources: [{ type: 'currency', key: 'gold', expected: 20, atLeastOne: 1 }],
    });
    const asked = { opens: 1_000, seed: 'mine' };
    const once = dataOf<TableSimulation>(await browser.call('POST', `${game}/reward-tables/T/simulate`, asked));
    expect(once).toEqual(dataOf(await browser.call('POST', `${game}/reward-tables/T/simulate`, asked)));
    expect(once.outcomes.reduce((sum, { observed }) => sum + observed, 0)).toBe(1_000);
    expect(once.expectedValue).toEqual({ gold: 20 });
    expect(Math.abs(once.totals[0]!.mean - 20)).toBeLessThan(3);
    const unsaved = { key: 'U', name: 'U', weightedEntries: [{ weight: 1, entry: { type: 'table', tableKey: 'T' } }] };
    const other = await browser.call('POST', `${game}/reward-tables/simulate`, { table: unsaved, opens: 10 });
    expect(dataOf<TableSimulation>(other).outcomes).toMatchObject([{ label: 'table T', observed: 10 }]);
  });
});

describe('grants by hand', () => {
  it('are made for a player, opened by it, proved, and on record', async () => {
    const externalPlayerId = `mira-${randomUUID()}`;
    const mira = await sut.player(externalPlayerId);
    const body = { externalPlayerId, entries: [{ type: 'crate', crateItemKey: 'box', quantity: 3 }] };
    const unknown = await browser.call('POST', `${game}/grants`, {
      ...body,
      externalPlayerId: 'nobody',
      reason: 'why not',
    });
    expect(verdictOf(unknown)).toEqual([404, 'not_found']);
    const made = await browser.call('POST', `${game}/grants`, {
      ...body,
      reason: 'lost its boxes',
      idempotencyKey: 'k',
    });
    expect(made.status).toBe(201);
    const { grant, auditId } = dataOf<{ grant: Grant; auditId: string }>(made);
    const again = await browser.call('POST', `${game}/grants`, {
      ...body,
      reason: 'lost its boxes',
      idempotencyKey: 'k',
    });
    expect(dataOf<{ grant: Grant }>(again).grant.id).toBe(grant.id);
    await eventually(async () => {
      const row = await browser.call('GET', `/admin/v1/studios/${sut.scope.studioId}/audit/${auditId}`);
      expect(dataOf<AuditRow>(row)).toMatchObject({ action: 'grant.manual_create', reason: 'lost its boxes' });
    });

    const pending = await mira.get('/pending-grants');
    const crates = dataOf<Grant[]>(pending).filter(({ kind }) => kind === 'crate');
    expect(crates.map(({ parentGrantId }) => parentGrantId)).toEqual([grant.id, grant.id, grant.id]);
    const opened = await mira.post(`/crates/${crates[0]!.id}/open`, {});
    expect(dataOf<{ contents: Grant }>(opened).contents).toMatchObject({ sourceKind: 'crate_open', status: 'pending' });
    const forced = await browser.call('POST', `${game}/grants/${crates[1]!.id}/force-claim`, { reason: 'by the desk' });
    expect(dataOf(forced)).toMatchObject({ applied: true, contentsGrant: { status: 'claimed', ackedBy: 'admin' } });
    const report = dataOf<OddsReport>(await browser.call('GET', `${game}/reward-tables/T/odds-report`));
    expect(report).toMatchObject({ openings: 2, picks: 2, mismatches: [], pValue: 1 });
  });

  it('are refused to who may not, and without a reason', async () => {
    const path = `${game}/grants/${randomUUID()}/force-claim`;
    expect(verdictOf(await browser.call('POST', path, {}))).toEqual([400, 'validation_failed']);
    expect(verdictOf(await browser.call('POST', path, { reason: 'because' }))).toEqual([404, 'not_found']);
    const roll = `${game}/attempts/${randomUUID()}/retry-reward-roll`;
    expect(verdictOf(await browser.call('POST', roll, {}))).toEqual([404, 'not_found']);
  });
});

describe('grants of players themselves', () => {
  it('are deposited at once, 201 and then 200', async () => {
    const noor = await sut.player(`noor-${randomUUID()}`);
    const body = { entries: [{ ...gold(7), colour: 'ignored' }], idempotencyKey: 'g-1' };
    const given = await noor.post('/grants', body);
    expect([given.status, dataOf(given)]).toMatchObject([201, { status: 'claimed', contents: { entries: [gold(7)] } }]);
    const again = await noor.post('/grants', body);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(verdictOf(await noor.post('/grants', { entries: [] }))).toEqual([400, 'validation_failed']);
    expect(verdictOf(await noor.post('/grants', { entries: [{ type: 'table', tableKey: 'T' }] }))).toEqual([
      ...[400, 'validation_failed'],
    ]);
  });
});
