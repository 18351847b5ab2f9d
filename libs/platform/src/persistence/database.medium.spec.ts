import { eventually } from '@kraty/testing/harness';
import { fail } from '../errors/index.js';
import { run, statement, type Database, type Tx } from './index.js';
import { OwnPostgres } from './own-postgres.fixture.js';

const busy = { code: 'internal_error', status: 503, details: { reason: 'busy' }, headers: { 'retry-after': '1' } };
const backend = statement('spec-backend', 'select pg_backend_pid() as pid');
const add = statement('spec-add', 'update account set amount = amount + $2 where id = $1 returning amount');
const raiseSerializationFailure = `do $$ begin raise exception 'again' using errcode = '40001'; end $$`;

let postgres: OwnPostgres;
let sut: Database;

beforeAll(async () => {
  postgres = await OwnPostgres.start();
  sut = postgres.open(4);
  await sut.query('create table account (id text primary key, amount integer not null)');
});

afterAll(() => postgres.stop());

beforeEach(async () => {
  await sut.query('truncate account');
  await sut.query(`insert into account values ('a', 0), ('b', 0)`);
});

async function amounts(): Promise<Record<string, number>> {
  const rows = await sut.query<{ id: string; amount: number }>('select id, amount from account');
  return Object.fromEntries(rows.map(({ id, amount }) => [id, amount]));
}

async function lockWaits(): Promise<number> {
  return (await sut.query(`select from pg_stat_activity where wait_event_type = 'Lock'`)).length;
}

async function pidOf(tx: Tx): Promise<number | undefined> {
  return (await tx.query<{ pid: number }>(backend))[0]?.pid;
}

describe('a statement', () => {
  it('gives columns as JavaScript can hold them', async () => {
    const [row] = await sut.query(
      'select 9007199254740991::bigint as big, $1::timestamptz as at, 1.5::float8 as score',
      [new Date('2026-03-29T01:30:00.123Z')],
    );
    expect(row).toEqual({ big: 9007199254740991, at: new Date('2026-03-29T01:30:00.123Z'), score: 1.5 });
  });

  it('refuses a bigint that a number cannot hold exactly', async () => {
    await expect(sut.query('select 9007199254740993::bigint')).rejects.toThrow(/9007199254740993 does not fit/);
  });

  it('is prepared once a connection when it has a name', async () => {
    const one = postgres.open(1);
    await one.query(backend);
    await one.query(backend);
    const prepared = await one.query(`select name from pg_prepared_statements where name = 'spec-backend'`);
    expect(prepared).toHaveLength(1);
  });

  it('keeps its connection when the database refuses it', async () => {
    const one = postgres.open(1);
    const before = await pidOf(one);
    await expect(one.query(`insert into account values ('a', 0)`)).rejects.toMatchObject({ code: '23505' });
    expect(await pidOf(one)).toBe(before);
  });
});

describe('declaring statements', () => {
  it('keeps two texts of one name apart', () => {
    const [first, second] = [statement('spec-twice', 'select 1'), statement('spec-twice', 'select 2')];
    expect(first.name).not.toBe(second.name);
    expect(statement('spec-twice', 'select 1').name).toBe(first.name);
  });

  it('refuses a name that PostgreSQL would cut off', () => {
    expect(() => statement('n'.repeat(64), 'select 1')).toThrow(RangeError);
  });
});

describe('a transaction', () => {
  it('commits everything, or nothing when its work throws', async () => {
    await sut.transaction(async (tx) => {
      await tx.query(add, ['a', 5]);
      await tx.query(add, ['b', 5]);
    });
    const refused = sut.transaction(async (tx) => {
      await tx.query(add, ['a', 100]);
      throw fail('not_found', 'There is no such player.');
    });
    await expect(refused).rejects.toMatchObject({ code: 'not_found', status: 404 });
    expect(await amounts()).toEqual({ a: 5, b: 5 });
  });

  it('fails when its work swallowed the refusal of a statement: nothing of it was committed', async () => {
    const careless = sut.transaction(async (tx) => {
      await tx.query(add, ['a', 5]);
      await tx.query(`insert into account values ('b', 0)`).catch(() => undefined);
    });
    await expect(careless).rejects.toThrow(/not committed/);
    expect(await amounts()).toEqual({ a: 0, b: 0 });
  });

  it('fails with the error of a statement that it only sent: nothing of it was committed', async () => {
    const sending = sut.transaction(async (tx) => {
      await run(tx, add, ['a', 5]);
      await run(tx, `insert into account values ('b', 0)`);
    });
    await expect(sending).rejects.toMatchObject({ code: '23505' });
    expect(await amounts()).toEqual({ a: 0, b: 0 });
  });

  it('fails with a statement whose values cannot be sent: nothing before it was committed', async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const sending = sut.transaction(async (tx) => {
      await run(tx, add, ['a', 5]);
      await run(tx, 'select $1::jsonb', [circular]);
    });
    await expect(sending).rejects.toThrow(/circular/);
    expect(await amounts()).toEqual({ a: 0, b: 0 });
  });

  it('that has failed takes no more of the work that goes on: its connection serves somebody else by then', async () => {
    const one = postgres.open(1);
    let late: Promise<unknown> = Promise.resolve();
    let isOver = (): void => undefined;
    const over = new Promise<void>((resolve) => (isOver = resolve));
    const failing = one.transaction(async (tx) => {
      late = over.then(() => tx.query(add, ['a', 100]));
      late.catch(() => undefined);
      await tx.query(`insert into account values ('b', 0)`);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    isOver();
    await expect(late).rejects.toThrow(/is over/);
    expect(await amounts()).toEqual({ a: 0, b: 0 });
  });

  it('undoes what is still on its way when its work throws, and its connection serves the next', async () => {
    const one = postgres.open(1);
    const before = await pidOf(one);
    const refused = one.transaction(async (tx) => {
      await run(tx, add, ['a', 5]);
      void tx.query('select pg_sleep(0.05)').catch(() => undefined);
      await run(tx, add, ['b', 5]);
      throw fail('not_found', 'There is no such player.');
    });
    await expect(refused).rejects.toMatchObject({ code: 'not_found' });
    expect(await amounts()).toEqual({ a: 0, b: 0 });
    expect(await pidOf(one)).toBe(before);
  });

  it('tells why a statement that it only sent has failed, whatever it asked for after that', async () => {
    const failing = sut.transaction(async (tx) => {
      await run(tx, `insert into account values ('b', 0)`);
      await tx.query(add, ['a', 5]);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    let tries = 0;
    await sut.transaction(async (tx) => {
      tries += 1;
      if (tries === 1) await run(tx, raiseSerializationFailure);
      await tx.query(add, ['a', 1]);
    });
    expect([tries, await amounts()]).toEqual([2, { a: 1, b: 0 }]);
  });

  it('tells the first refusal of statements that are asked for at once, however far away who asked is', async () => {
    let tries = 0;
    const afar = async (asked: Promise<unknown>): Promise<unknown> => Promise.all([asked.then((rows) => rows)]);
    const failing = (tx: Tx) => {
      tries += 1;
      const first = afar(afar(tx.query(raiseSerializationFailure)));
      return Promise.all([first, ...Array.from({ length: 20 }, () => tx.query('select 1'))]);
    };
    await expect(sut.transaction(failing)).rejects.toMatchObject({ code: '40001' });
    expect(tries).toBe(3);
  });

  it('is repeated by itself when a statement that it only sent asks for it', async () => {
    let tries = 0;
    const work = sut.transaction(async (tx) => {
      tries += 1;
      await run(tx, add, ['a', 1]);
      await run(tx, raiseSerializationFailure);
    });
    await expect(work).rejects.toMatchObject({ code: '40001' });
    expect(tries).toBe(3);
  });

  it('reads behind a lock what its holder has committed, though both statements are sent at once', async () => {
    let looking: Promise<unknown[][]> = Promise.resolve([]);
    await sut.transaction(async (holder) => {
      await holder.query(add, ['a', 1]);
      looking = sut.transaction((tx) =>
        Promise.all([
          tx.query(`select from account where id = 'a' for update`),
          tx.query(`select amount from account where id = 'b'`),
        ]),
      );
      await eventually(async () => expect(await lockWaits()).toBe(1));
      await holder.query(add, ['b', 7]);
    });
    expect((await looking)[1]).toEqual([{ amount: 7 }]);
  });

  it('is repeated by itself after a deadlock, so that both rivals have their effect', async () => {
    let met = 0;
    const transfer = (from: string, to: string, rival: () => Promise<void>) => {
      let tries = 0;
      return sut.transaction(async (tx) => {
        tries += 1;
        // Or they could meet again: a rival that is slow to notice that it may go on holds what it holds.
        if (tries > 1) await rival();
        await tx.query(add, [from, -1]);
        met += 1;
        while (met < 2) await tx.query('select pg_sleep(0.005)');
        await tx.query(add, [to, 1]);
      });
    };
    const one: Promise<void> = transfer('a', 'b', () => other);
    const other: Promise<void> = transfer('b', 'a', () => one);
    await Promise.all([one, other]);
    expect(met).toBe(3);
    expect(await amounts()).toEqual({ a: 0, b: 0 });
  });

  it('gives up after three tries, and says so with the last error', async () => {
    let tries = 0;
    const work = sut.transaction(async (tx) => {
      tries += 1;
      await tx.query(raiseSerializationFailure);
    });
    await expect(work).rejects.toMatchObject({ code: '40001' });
    expect(tries).toBe(3);
  });

  it('answers "busy" when it waited too long for a lock, and the connection serves the next', async () => {
    await sut.transaction(async (holder) => {
      await holder.query(add, ['a', 1]);
      const waiting = sut.transaction(async (tx) => {
        await tx.query(`set local lock_timeout = '20ms'`);
        await tx.query(add, ['a', 1]);
      });
      await expect(waiting).rejects.toMatchObject(busy);
    });
    expect(await amounts()).toEqual({ a: 1, b: 0 });
  });

  it('ends a statement that outlives its bound', async () => {
    const slow = sut.transaction((tx) => tx.query('select pg_sleep(5)'), { statementTimeoutMs: 20 });
    await expect(slow).rejects.toMatchObject(busy);
    const bound = await sut.query<{ statement_timeout: string }>('show statement_timeout');
    expect(bound).toEqual([{ statement_timeout: '15s' }]);
  });

  it('loses no update of fifty at once through four connections', async () => {
    const increments = Array.from({ length: 50 }, () => sut.transaction((tx) => tx.query(add, ['a', 1])));
    await Promise.all(increments);
    expect(await amounts()).toEqual({ a: 50, b: 0 });
  });
});

describe('when PostgreSQL is killed', () => {
  it('a transaction fails with its connection, an idle one is reported, and both are replaced after the restart', async () => {
    const broken: Error[] = [];
    const sut = postgres.open(2, (error) => broken.push(error));
    await Promise.all([sut.query('select pg_sleep(0.01)'), sut.query('select pg_sleep(0.01)')]);
    const interrupted = sut.transaction(async (tx) => {
      await tx.query(add, ['a', 7]);
      await postgres.kill();
      await tx.query(add, ['b', 7]);
    });
    await expect(interrupted).rejects.toThrow();
    // Lent out while it breaks, it would be its holder's failure and nobody else's.
    await eventually(() => expect(broken.length).toBeGreaterThan(0));
    await expect(sut.ping()).rejects.toThrow();
    await postgres.restart();
    await eventually(() => sut.ping());
    expect(await amounts()).toEqual({ a: 0, b: 0 });
  });

  it('a transaction fails whose statements and commit were on their way, and is not repeated', async () => {
    let tries = 0;
    let dying: Promise<void> = Promise.resolve();
    const outcome = sut.transaction(async (tx) => {
      tries += 1;
      await tx.query(add, ['a', 7]);
      await run(tx, 'select pg_sleep(12)');
      dying = postgres.kill();
    });
    await expect(outcome).rejects.toThrow();
    await dying;
    await postgres.restart();
    await eventually(async () => expect(await amounts()).toEqual({ a: 0, b: 0 }));
    expect(tries).toBe(1);
  });

  it('a connection that breaks while its holder waits for something else does not end the process', async () => {
    const outcome = sut.transaction(async (tx) => {
      await tx.query(add, ['a', 1]);
      await postgres.kill();
      await postgres.restart();
    });
    await expect(outcome).rejects.toThrow();
    await eventually(async () => expect(await amounts()).toEqual({ a: 0, b: 0 }));
  });
});

describe('closing', () => {
  it('waits for what is in flight, and may be asked for twice', async () => {
    const sut = postgres.open(1);
    const running = sut.query('select pg_sleep(0.05), 1 as done');
    await Promise.all([sut.close(), sut.close()]);
    expect(await running).toMatchObject([{ done: 1 }]);
  });
});
