import {
  createApiKey,
  listAudit,
  readAudit,
  updateSettings,
  verifyAudit,
  type AuditFilter,
  type Game,
  type Operator,
} from '@kraty/contracts/identity';
import { uuidV7 } from '@kraty/platform/ids';
import { IdentityUnderTest } from '../identity.fixture.js';

let sut: IdentityUnderTest;
let operator: Operator;
let game: Game;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  operator = await sut.operator();
  game = await sut.game(operator);
});
afterAll(() => sut.stop());

const list = (filter: AuditFilter = {}, limit = 50, cursor: string | null = null) =>
  sut.messenger.request(listAudit, { operator, studioId: game.studioId, gameId: null, filter, limit, cursor });
const verify = (fromSeq: number | null = null, toSeq: number | null = null) =>
  sut.messenger.request(verifyAudit, { operator, studioId: game.studioId, fromSeq, toSeq });

describe('the audit log', () => {
  it('says who changed what, from what to what', async () => {
    const place = { operator, studioId: game.studioId, gameId: game.id };
    await sut.messenger.request(updateSettings, { ...place, version: 1, changes: { anomalyRetentionDays: 30 } });
    const [row] = (await list({ action: 'settings.update' })).rows;
    expect(row).toMatchObject({
      gameId: game.id,
      actor: { type: 'member', id: operator.memberId, label: operator.email },
      target: { type: 'game', id: game.id, label: game.slug },
      diff: [{ path: '/anomalyRetentionDays', before: 180, after: 30 }],
      requestId: operator.requestId,
      ip: operator.ip,
    });
    expect(await sut.messenger.request(readAudit, { ...place, auditId: row!.id })).toEqual(row);
    await expect(sut.messenger.request(readAudit, { ...place, auditId: uuidV7() })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('is read in pages, newest first, and filtered', async () => {
    for (let times = 0; times < 3; times += 1) await sut.game(operator);
    const { rows } = await list();
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => rows.length - index));
    const first = await list({}, 2);
    const second = await list({}, 2, first.nextCursor);
    expect([...first.rows, ...second.rows]).toEqual(rows.slice(0, 4));
    const created = await list({ action: 'game.' });
    expect(created.rows.every(({ action }) => action === 'game.create')).toBe(true);
    expect((await list({ actorType: 'system' })).rows).toMatchObject([{ action: 'studio.create', seq: 1 }]);
  });

  it('has no gaps and one order, however many write at once', async () => {
    const key = {
      permissionSet: 'client_sdk' as const,
      environment: 'test' as const,
      expiresAt: null,
      rateLimits: null,
    };
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        sut.messenger.request(createApiKey, {
          operator,
          studioId: game.studioId,
          gameId: game.id,
          name: `Key ${index}`,
          ...key,
        }),
      ),
    );
    expect(await verify()).toEqual({ ok: true, firstBadSeq: null });
    expect(await verify(5, 12)).toEqual({ ok: true, firstBadSeq: null });
  });

  it.each(['update audit_row set reason = $$x$$', 'delete from audit_row', 'truncate audit_row'])(
    'refuses %s',
    async (sql) => {
      await expect(sut.ground.sql('identity', sql)).rejects.toThrow('append-only');
    },
  );

  it('names the first row that somebody with more rights has changed', async () => {
    await sut.ground.sql('identity', 'alter table audit_row disable trigger audit_row_append_only');
    await sut.ground.sql('identity', `update audit_row set metadata = metadata || '{"x":1}' where seq = 4`);
    expect(await verify()).toEqual({ ok: false, firstBadSeq: 4 });
    expect(await verify(5, null)).toEqual({ ok: true, firstBadSeq: null });
  });

  it('notices that the newest row was cut off', async () => {
    await sut.ground.sql('identity', `update audit_row set metadata = metadata - 'x' where seq = 4`);
    expect(await verify()).toEqual({ ok: true, firstBadSeq: null });
    await sut.ground.sql('identity', 'delete from audit_row where seq = (select max(seq) from audit_row)');
    expect((await verify()).ok).toBe(false);
  });
});
