import type { AuditRow } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { World } from '@kraty/testing/world';
import { Browser, dataOf } from './operators.fixture.js';

const gold = { key: 'gold', name: 'Gold', kind: 'currency' };
const level = {
  ...{ key: 'level', name: 'Level', kind: 'progression' },
  derivedFrom: { sourceKey: 'gold', thresholds: [0, 100] },
};

describe('the economy, as operators see it', () => {
  let sut: World;
  let browser: Browser;
  let game: string;

  beforeAll(async () => {
    sut = await World.start(['gateway', 'identity', 'economy', 'grants', 'leaderboards', 'events']);
    browser = await Browser.signIn(sut);
    game = `/admin/v1/studios/${sut.scope.studioId}/games/${sut.scope.gameId}`;
  });

  afterAll(async () => {
    await sut.stop();
  });

  const auditOf = async (action: string): Promise<AuditRow[]> =>
    dataOf<AuditRow[]>(await browser.call('GET', `${game}/audit?action=${action}`));

  it('makes, changes and archives an object of the catalog, each with a version and on record', async () => {
    const made = await browser.call('POST', `${game}/currencies`, { ...gold, idempotencyKey: 'k1' });
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    expect(dataOf<object>(made)).toEqual({ ...gold, version: 1, archivedAt: null });
    expect((await browser.call('POST', `${game}/currencies`, gold)).json.error).toMatchObject({
      ...{ code: 'conflict', details: { reason: 'key_taken' } },
    });
    const changed = { ...gold, initialBalance: 5 };
    const stale = await browser.call('PUT', `${game}/currencies/gold`, changed, { 'if-match': '"7"' });
    expect(stale.json.error).toMatchObject({ code: 'version_conflict', details: { currentVersion: 1 } });
    const put = await browser.call('PUT', `${game}/currencies/gold`, changed, { 'if-match': '"1"' });
    expect([put.status, put.headers.get('etag')]).toEqual([200, '"2"']);
    const kind = { ...gold, kind: 'progression' };
    const refused = await browser.call('PUT', `${game}/currencies/gold`, kind, { 'if-match': '"2"' });
    expect([refused.status, refused.json.error?.code]).toEqual([422, 'config_invalid']);
    const rows = await eventually(async () => {
      const found = await auditOf('currency.update');
      expect(found).toHaveLength(1);
      return found;
    });
    expect(rows[0]).toMatchObject({ target: { type: 'currency', id: 'gold' }, after: { initialBalance: 5 } });
  });

  it('writes once under a key, and gives repeats the first answer, whatever has become of it', async () => {
    const path = `${game}/currencies`;
    const shells = { key: 'shells', name: 'Shells', kind: 'currency', idempotencyKey: 'make' };
    const twins = await Promise.all([1, 2].map(() => browser.call('POST', path, shells)));
    expect(twins.map(({ status }) => status)).toEqual([201, 201]);
    const renamed = { ...shells, name: 'Sea shells', idempotencyKey: 'change' };
    const change = () => browser.call('PUT', `${path}/shells`, renamed, { 'if-match': '"1"' });
    const archive = () =>
      browser.call('POST', `${path}/shells/archive`, { idempotencyKey: 'archive' }, { 'if-match': '"2"' });
    const [changed, archived] = [await change(), await archive()];
    for (const [first, again] of [
      [twins[0]!, await browser.call('POST', path, shells)],
      [changed, await change()],
      [archived, await archive()],
    ] as const) {
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([
        ...[first.status, first.text, first.headers.get('etag')],
      ]);
    }
    const other = await browser.call('PUT', `${path}/shells`, { ...renamed, name: 'X' }, { 'if-match': '"1"' });
    expect([other.status, other.json.error?.code]).toEqual([409, 'idempotency_conflict']);
    expect(dataOf<object>(await browser.call('GET', `${path}/shells`))).toMatchObject({ version: 3 });
    await eventually(async () => expect(await auditOf('currency.update')).toHaveLength(2));
  });

  it('keeps what is in use, names the uses, and lets go by force', async () => {
    await browser.call('POST', `${game}/currencies`, { key: 'gems', name: 'Gems', kind: 'currency' });
    const follower = { ...level, derivedFrom: { ...level.derivedFrom, sourceKey: 'gems' } };
    expect((await browser.call('POST', `${game}/currencies`, follower)).status).toBe(201);
    const usages = [{ section: 'currencies', key: 'level', path: 'currencies[level].derivedFrom.sourceKey' }];
    expect(dataOf<object>(await browser.call('GET', `${game}/currencies/gems/usages`))).toEqual({ usages });
    const version = { 'if-match': '"1"' };
    const kept = await browser.call('POST', `${game}/currencies/gems/archive`, {}, version);
    expect([kept.status, kept.json.error?.details]).toEqual([409, { reason: 'in_use', usages }]);
    const gone = await browser.call('POST', `${game}/currencies/gems/archive?force=true`, {}, version);
    expect(dataOf<object>(gone)).toMatchObject({ version: 2, archivedAt: expect.any(String) });
    const listed = dataOf<{ key: string }[]>(await browser.call('GET', `${game}/currencies`));
    expect(listed.map(({ key }) => key)).not.toContain('gems');
    const back = await browser.call('POST', `${game}/currencies/gems/unarchive`, {}, { 'if-match': '"2"' });
    expect(dataOf<object>(back)).toMatchObject({ version: 3, archivedAt: null });
  });

  it('knows item types of the game, and refuses fields it does not know', async () => {
    const type = { key: 'weapon', name: 'Weapon', stackable: false };
    expect((await browser.call('POST', `${game}/item-types`, type)).status).toBe(201);
    const sword = { key: 'sword', name: 'Sword', itemTypeKey: 'weapon' };
    expect((await browser.call('POST', `${game}/items`, sword)).status).toBe(201);
    const typing = await browser.call('POST', `${game}/items`, { key: 'axe', name: 'Axe', itemTypKey: 'weapon' });
    expect([typing.status, typing.json.error?.code]).toEqual([400, 'validation_failed']);
    const builtIn = await browser.call('POST', `${game}/item-types`, { ...type, key: 'crate' });
    expect(builtIn.status).toBe(422);
  });

  it('gives and takes for players, with the audit row it names', async () => {
    const player = await sut.player('mira');
    const credited = await browser.call('POST', `${game}/players/mira/wallet/gold/credit`, {
      ...{ amount: 50, reason: 'lost in a crash', sourceRefId: 'ticket-7' },
    });
    const { auditId, ...told } = dataOf<{ auditId: string }>(credited);
    expect([credited.status, told]).toEqual([200, { economyKey: 'gold', balance: 55, applied: true }]);
    const rows = await eventually(async () => {
      const found = await auditOf('wallet.manual_credit');
      expect(found).toHaveLength(1);
      return found;
    });
    expect(rows[0]).toMatchObject({
      ...{ id: auditId, reason: 'lost in a crash', environment: 'live' },
      ...{ before: { gold: 5 }, after: { gold: 55 }, target: { label: 'mira' } },
    });
    const wallet = await player.get('/wallet');
    expect(wallet.text).toContain('"balance":55');
    expect(wallet.text).not.toContain('lost in a crash');
    const granted = await browser.call('POST', `${game}/players/mira/inventory/sword/grant`, {
      ...{ quantity: 2, reason: 'a present' },
    });
    expect(dataOf<object>(granted)).toMatchObject({ itemKey: 'sword', quantity: 2, applied: true });
  });

  it.each([
    ['nobody', 'players/nobody/wallet/gold/credit', { amount: 1, reason: 'for nobody' }, 404],
    ['no reason', 'players/mira/wallet/gold/credit', { amount: 1 }, 400],
    ['nothing of the kind', 'players/mira/inventory/nothing/grant', { quantity: 1, reason: 'a present' }, 404],
    ['a key that cannot be', 'players/mira/inventory/%00/revoke', { quantity: 1, reason: 'a present' }, 404],
    ['more than is held', 'players/mira/inventory/sword/revoke', { quantity: 9, reason: 'a mistake' }, 409],
    ['a balance of its own', 'players/mira/wallet/level/debit', { amount: 1, reason: 'a mistake' }, 409],
  ])('refuses to act for %s', async (_, path, body, status) => {
    await sut.register('mira').catch(() => undefined);
    expect((await browser.call('POST', `${game}/${path}`, body)).status).toBe(status);
  });
});
