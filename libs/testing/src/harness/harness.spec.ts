import { existsSync } from 'node:fs';
import { fact } from '@kraty/contracts/messages';
import { eventually, startGround } from './index.js';
import type { Ground } from './index.js';

const services = ['economy', 'grants'];

describe('two grounds side by side', () => {
  let one: Ground;
  let other: Ground;

  beforeAll(async () => {
    [one, other] = await Promise.all([startGround({ services }), startGround({ services, prefix: 'kraty_other' })]);
  });

  afterAll(() => Promise.all([one.stop(), other.stop()]));

  it('give each service a migrated database that the other ground does not see', async () => {
    await one.sql('economy', `insert into inbox (consumer, fact_id, processed_at) values ('spec', $1, now())`, [
      factId,
    ]);

    const rows = (ground: Ground) => ground.sql('economy', 'select consumer from inbox');
    await expect(rows(one)).resolves.toEqual([{ consumer: 'spec' }]);
    await expect(rows(other)).resolves.toEqual([]);
  });

  it('keep services out of one another’s schemas', async () => {
    await expect(one.sql('grants', 'select * from economy.inbox')).rejects.toThrow(
      'permission denied for schema economy',
    );
  });

  it('have servers of their own', () => {
    const [environment, others] = [one.environment('economy'), other.environment('economy')];

    for (const name of ['DATABASE_URL', 'NATS_URL', 'REDIS_URL']) expect(environment[name]).not.toBe(others[name]);
    expect(environment).toMatchObject({ OPS_PORT: '0', LOG_LEVEL: 'warn' });
  });

  it('do not hear each other’s messages', async () => {
    const [messenger, elsewhere] = [await one.messenger(), await other.messenger()];
    const heard: unknown[] = [];
    elsewhere.listen('spec.greeting', (payload) => heard.push(['elsewhere', payload]));
    const arrived = new Promise((resolve) => messenger.listen('spec.greeting', resolve));

    messenger.broadcast('spec.greeting', 'hello');

    await expect(arrived).resolves.toBe('hello');
    expect(heard).toEqual([]);
  });

  it('hear a fact once, however often it is published', async () => {
    const messenger = await one.messenger();
    const type = fact<number>('economy', 'spec', 'happened', 'change');
    const heard: number[] = [];
    messenger.onFact(type, ({ payload }) => heard.push(payload));

    for (const payload of [1, 1, 2]) messenger.broadcast(type.subject, { facts: [{ id: `fact ${payload}`, payload }] });

    await eventually(() => expect(heard).toContain(2));
    expect(heard).toEqual([1, 2]);
  });

  it('say which service they have no database for', () => {
    expect(() => one.databaseUrl('gateway')).toThrow('has no schema below prisma/gateway');
    expect(() => one.databaseUrl('identity')).toThrow('is not among its services');
  });
});

const factId = '01890000-0000-7000-8000-000000000001';

describe('a ground', () => {
  it('loses a server to kill -9 and gets it back under the same address', async () => {
    const ground = await startGround({ services });
    const address = ground.natsUrl;

    await ground.kill('nats');
    await ground.restart('nats');

    expect(ground.natsUrl).toBe(address);
    await ground.stop();
  });

  it('shares its PostgreSQL, which therefore cannot be killed, unless it asked for one of its own', async () => {
    const sharing = await startGround({ services });
    await expect(sharing.kill('postgres')).rejects.toThrow('start it with { ownPostgres: true }');
    await sharing.stop();

    const owning = await startGround({ services, ownPostgres: true });
    await owning.sql('economy', `insert into inbox (consumer, fact_id, processed_at) values ('spec', $1, now())`, [
      factId,
    ]);
    await owning.kill('postgres');
    await owning.restart('postgres');

    await expect(owning.sql('economy', 'select consumer from inbox')).resolves.toEqual([{ consumer: 'spec' }]);
    await owning.stop();
  });

  it('empties its Redis', async () => {
    const ground = await startGround({ services });

    await expect(ground.flushRedis()).resolves.toBeUndefined();
    await ground.stop();
  });

  it('leaves neither a database nor a folder behind', async () => {
    const [ground, observer] = [await startGround({ services }), await startGround({ services })];
    const databases = () => observer.sql<{ datname: string }>('economy', 'select datname from pg_database');
    expect(await databases()).toContainEqual({ datname: ground.database });

    await ground.stop();

    expect(await databases()).not.toContainEqual({ datname: ground.database });
    expect(existsSync(ground.directory)).toBe(false);
    await observer.stop();
  });
});
