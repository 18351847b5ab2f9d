import type { Idempotency, Scope } from '@kraty/contracts/common';
import { limits } from '@kraty/contracts/common';
import { startGround, type Ground } from '@kraty/testing/harness';
import { MovableClock } from '../clock/index.js';
import { fail } from '../errors/index.js';
import { uuidV7 } from '../ids/index.js';
import { Database, type Tx } from '../persistence/index.js';
import { IdempotencyStore } from './index.js';

let ground: Ground;
let database: Database;

const clock = new MovableClock(new Date('2026-05-01T10:00:00Z'));
const sut = new IdempotencyStore(clock);
const scope: Scope = { studioId: uuidV7(), gameId: uuidV7(), environment: 'live' };
const created = { status: 201, reply: '{"id":1}' };

beforeAll(async () => {
  ground = await startGround({ services: ['economy'] });
  database = new Database({ url: ground.databaseUrl('economy'), poolMax: 12, applicationName: 'spec' });
  await database.query('create table effect (id bigserial)');
});

afterAll(async () => {
  await database.close();
  await ground.stop();
});

function call(key: string, changes: Partial<Idempotency> = {}): Idempotency {
  return { operation: 'POST /players/mira/wallet/gold/debit', key, bodyHash: 'a'.repeat(64), ...changes };
}

/** A call with an effect, as a service would run it; resolves to whether the reply was a replay, and to the reply. */
function perform(idempotency: Idempotency | null, reply = created, where = scope) {
  return database.transaction(async (tx) => {
    const recorded = await sut.begin(tx, where, idempotency);
    if (recorded) return { replayed: true, ...recorded };
    await tx.query('insert into effect default values');
    await sut.record(tx, where, idempotency, reply);
    return { replayed: false, ...reply };
  });
}

async function effects(): Promise<number> {
  const rows = await database.query<{ count: number }>('select count(*) from effect');
  return rows[0]!.count;
}

describe('a repeated call', () => {
  it('gets the recorded reply and has no second effect', async () => {
    const before = await effects();
    expect(await perform(call('k1'))).toEqual({ replayed: false, ...created });
    expect(await perform(call('k1'), { status: 200, reply: '{"id":2}' })).toEqual({ replayed: true, ...created });
    expect(await effects()).toBe(before + 1);
  });

  it('with another body is a conflict that names the key, without effect', async () => {
    await perform(call('k2'));
    const before = await effects();
    await expect(perform(call('k2', { bodyHash: 'b'.repeat(64) }))).rejects.toMatchObject({
      code: 'idempotency_conflict',
      status: 409,
      details: { idempotencyKey: 'k2' },
    });
    expect(await effects()).toBe(before);
  });

  it.each([
    ['another path', call('k3', { operation: 'POST /players/mira/wallet/gems/debit' }), scope],
    ['another environment', call('k3'), { ...scope, environment: 'test' as const }],
    ['another game', call('k3'), { ...scope, gameId: uuidV7() }],
  ])('on %s is unrelated', async (_, idempotency, where) => {
    await perform(call('k3'));
    expect(await perform(idempotency, created, where)).toMatchObject({ replayed: false });
  });

  it('has its effect each time when it carries no key', async () => {
    const before = await effects();
    await perform(null);
    expect(await perform(null)).toMatchObject({ replayed: false });
    expect(await effects()).toBe(before + 2);
  });
});

describe('a reply that is recorded before all of it is known', () => {
  it('is completed once, and every twin and repeat gets the same', async () => {
    const recorded = '{"score":5}';
    await perform(call('k20'), { status: 200, reply: recorded });
    const wholes = ['{"score":5,"rank":1}', '{"score":5,"rank":2}'];
    const [first, second] = await Promise.all(
      wholes.map((whole) => sut.complete(database, scope, call('k20'), { recorded, whole })),
    );
    expect(wholes).toContain(first);
    expect(second).toBe(first);
    expect(await perform(call('k20'))).toMatchObject({ replayed: true, reply: first });
    expect(await sut.complete(database, scope, null, { recorded, whole: wholes[1]! })).toBe(wholes[1]);
  });
});

describe('what is not recorded', () => {
  it('an error: its claim goes with the transaction, and the key may be tried again', async () => {
    const failing = database.transaction(async (tx) => {
      await sut.begin(tx, scope, call('k4'));
      throw fail('conflict', 'There is not enough gold.');
    });
    await expect(failing).rejects.toMatchObject({ code: 'conflict' });
    expect(await perform(call('k4', { bodyHash: 'c'.repeat(64) }))).toMatchObject({ replayed: false });
  });

  it('202: the key is free again', async () => {
    await perform(call('k5'), { status: 202, reply: '{}' });
    expect(await perform(call('k5', { bodyHash: 'd'.repeat(64) }))).toMatchObject({ replayed: false });
  });

  it('a claim that was committed without a reply', async () => {
    await database.transaction((tx) => sut.begin(tx, scope, call('k6')));
    expect(await perform(call('k6'))).toMatchObject({ replayed: false });
  });
});

describe('concurrent twins', () => {
  it('ten at once have one effect and one answer', async () => {
    const before = await effects();
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => perform(call('k7'), { status: 200, reply: `{"id":${index}}` })),
    );
    expect(new Set(replies.map(({ reply }) => reply)).size).toBe(1);
    expect(replies.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await effects()).toBe(before + 1);
  });

  it('the second takes over when the first fails', async () => {
    let second: Promise<{ replayed: boolean }> | undefined;
    const first = database.transaction(async (tx) => {
      await sut.begin(tx, scope, call('k8'));
      second = perform(call('k8'));
      await untilSomeoneWaits(tx);
      throw fail('conflict', 'There is not enough gold.');
    });
    await expect(first).rejects.toMatchObject({ code: 'conflict' });
    expect(await second).toMatchObject({ replayed: false });
  });

  it('the second is told "busy" when the first takes too long', async () => {
    await database.transaction(async (tx) => {
      await sut.begin(tx, scope, call('k9'));
      const impatient = database.transaction(async (other) => {
        await other.query(`set local lock_timeout = '20ms'`);
        await sut.begin(other, scope, call('k9'));
      });
      await expect(impatient).rejects.toMatchObject({ status: 503, details: { reason: 'busy' } });
    });
  });
});

describe('after 24 hours', () => {
  it('the key is free, and its record is purged in bounded batches', async () => {
    await perform(call('k10'));
    clock.advance(limits.idempotencyRetentionMs);
    const again = call('k10', { bodyHash: 'e'.repeat(64) });
    expect(await perform(again, { status: 200, reply: '{"id":3}' })).toMatchObject({ replayed: false });
    await fill(1_500);
    clock.advance(limits.idempotencyRetentionMs);
    expect(await sut.purge(database, 1_000)).toBe(1_000);
    expect(await sut.purge(database, 1_000)).toBeGreaterThanOrEqual(500);
    expect(await sut.purge(database, 1_000)).toBe(0);
  });

  it('a record that is younger stays', async () => {
    await perform(call('k11'));
    clock.advance(limits.idempotencyRetentionMs - 1);
    await sut.purge(database, 1_000);
    expect(await perform(call('k11'))).toMatchObject({ replayed: true });
  });
});

describe('a purge and the new use of an old key at once', () => {
  it('leaves the new record', async () => {
    await perform(call('k12'));
    clock.advance(limits.idempotencyRetentionMs);
    let purging: Promise<number> | undefined;
    await database.transaction(async (tx) => {
      await sut.begin(tx, scope, call('k12'));
      await sut.record(tx, scope, call('k12'), { status: 200, reply: '"anew"' });
      purging = sut.purge(database, 1_000);
      await untilSomeoneWaits(tx);
    });
    await purging;
    expect(await perform(call('k12'))).toEqual({ replayed: true, status: 200, reply: '"anew"' });
  });
});

describe('a look before anything is done', () => {
  it('finds what was recorded, nothing where nothing was, and a conflict where the body was another', async () => {
    await perform(call('m1'), { status: 201, reply: '1' });
    expect(await sut.lookup(database, scope, call('m1'))).toEqual({ status: 201, reply: '1' });
    expect(await sut.lookup(database, scope, call('m2'))).toBeNull();
    await expect(sut.lookup(database, scope, call('m1', { bodyHash: 'f'.repeat(64) }))).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
  });
});

async function fill(count: number): Promise<void> {
  await database.query(
    `insert into idempotency_record (game_id, environment, operation, key, request_hash, status, reply, created_at)
     select $1, 'live', 'POST /filled', number::text, '', 200, '{}', $2 from generate_series(1, $3::integer) as number`,
    [scope.gameId, clock.now(), count],
  );
}

/** In this database: others of the server have waits of their own. Bounded by the statement's own time-out. */
async function untilSomeoneWaits(tx: Tx): Promise<void> {
  await tx.query(`do $$ begin
    while not exists (
      select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
    ) loop
      perform pg_sleep(0.005);
      perform pg_stat_clear_snapshot();
    end loop;
  end $$`);
}
