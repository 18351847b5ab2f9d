import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { checkMigrations, createMigration, deploy, markUndone, provision, servicesWithSchema } from './migrations.mjs';
import { removeDirectory, startPostgres } from './servers.mjs';

const schemas = fileURLToPath(new URL('../../prisma', import.meta.url));
const services = ['shop', 'forum'];
const first = '20260101000000_begin';
const datasource = 'datasource db {\n  provider = "postgresql"\n}\n';
const model = 'model Item {\n  id   String @id\n  name String\n\n  @@map("item")\n}\n';
/** With what Prisma's language cannot say, and with semicolons that end no statement. */
const beginning = `create table "item" ("id" text not null, "name" text not null, constraint "item_pkey" primary key ("id"));
create index "item_short_idx" on "item" ("name") where length("name") < 4;
create index "item_lower_idx" on "item" (lower("name"));
alter table "item" add constraint "item_named" check ("name" <> ';');
create function keep() returns trigger language plpgsql as $$ begin raise exception 'kept; always'; end $$;
create trigger "item_kept" before delete on "item" for each row execute function keep();
`;

let directory: string;
let server: Awaited<ReturnType<typeof startPostgres>>;
let folder: string;
let database: string;
let count = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(process.env.KRATY_TEST_DIRECTORY ?? tmpdir(), 'kraty-migrations-'));
  server = await startPostgres({ dataDirectory: join(directory, 'postgres'), settings: { fsync: 'off' } });
});

afterAll(async () => {
  await server.stop();
  await removeDirectory(directory);
});

beforeEach(async () => {
  count += 1;
  database = `spec_${count}`;
  folder = join(directory, `schemas-${count}`);
  await write('schema.prisma', datasource + model);
  await writeSql(first, beginning);
});

async function write(path: string, text: string): Promise<void> {
  const file = join(folder, 'shop', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function writeSql(migration: string, sql: string): Promise<void> {
  return write(`migrations/${migration}/migration.sql`, sql);
}

async function rows<R>(url: string, text: string): Promise<R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as R[];
  } finally {
    await client.end();
  }
}

async function provisioned(): Promise<Record<string, string>> {
  return provision({ superuserUrl: server.url, database, services });
}

async function shop(): Promise<string> {
  return (await provisioned()).shop!;
}

interface HistoryRow {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
  rolled_back_at: Date | null;
}

function history(url: string): Promise<HistoryRow[]> {
  return rows(url, 'select * from _prisma_migrations order by started_at, finished_at nulls first');
}

describe('provisioning', () => {
  it('gives each service a role and a schema of its own that the others cannot reach', async () => {
    const urls = await provisioned();
    expect(await rows(urls.shop!, 'select current_user::text as role, current_schema()::text as schema')).toEqual([
      { role: 'kraty_shop', schema: 'shop' },
    ]);
    await rows(urls.shop!, 'create table secret (id integer)');
    await expect(rows(urls.forum!, 'select * from shop.secret')).rejects.toThrow(/permission denied for schema shop/);
    await expect(rows(urls.forum!, 'create table public.open (id integer)')).rejects.toThrow(/permission denied/);
    await expect(rows(urls.forum!, 'create schema another')).rejects.toThrow(/permission denied for database/);
  });

  it('may be repeated, keeps what is there, and takes the passwords that are given', async () => {
    const before = await shop();
    await rows(before, 'create table kept (id integer)');
    const passwords = { shop: `it's "quoted"/?#` };
    const after = await provision({ superuserUrl: server.url, database, services, passwords });
    expect(await rows(after.shop!, 'select * from kept')).toEqual([]);
    await expect(rows(before, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('may be done by several processes at once', async () => {
    const passwords = { shop: 'one', forum: 'two' };
    const at = (name: string) => provision({ superuserUrl: server.url, database: name, services, passwords });
    const all = await Promise.all([database, database, `${database}_b`, `${database}_b`].map(at));
    for (const urls of all) expect(await rows(urls.forum!, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses a name that is none', async () => {
    await expect(provision({ superuserUrl: server.url, database, services: ['Shop"; --'] })).rejects.toThrow(
      /cannot name a service/,
    );
  });
});

describe('deploying', () => {
  it('applies what is pending once, in the service’s schema, and records it as Prisma does', async () => {
    const url = await shop();
    expect(await deploy({ url, service: 'shop', folder })).toEqual([first]);
    expect(await deploy({ url, service: 'shop', folder })).toEqual([]);
    const [row] = await history(url);
    expect(row).toMatchObject({ migration_name: first, finished_at: expect.any(Date), rolled_back_at: null });
    expect(row!.checksum).toBe(createHash('sha256').update(beginning).digest('hex'));
    await rows(url, `insert into shop.item values ('a', 'axe')`);
    await expect(rows(url, 'delete from item')).rejects.toThrow('kept; always');
  });

  it('applies each migration once when several instances start together', async () => {
    await writeSql('20260102000000_more', 'create table "more" ("id" text primary key); select pg_sleep(0.1);');
    const url = await shop();
    const applied = await Promise.all([1, 2, 3].map(() => deploy({ url, service: 'shop', folder })));
    expect(applied.flat().sort()).toEqual([first, '20260102000000_more']);
  });

  it('leaves nothing of a migration that fails, says why, and applies it when it has been repaired', async () => {
    const broken = '20260102000000_broken';
    await writeSql(broken, 'create table "half" ("id" text); insert into "nowhere" values (1);');
    const url = await shop();
    await expect(deploy({ url, service: 'shop', folder })).rejects.toThrow(
      'shop could not be migrated. 20260102000000_broken: relation "nowhere" does not exist (line 1)',
    );
    expect(await rows(url, `select to_regclass('half') as half`)).toEqual([{ half: null }]);
    await writeSql(broken, 'create table "half" ("id" text);');
    expect(await deploy({ url, service: 'shop', folder })).toEqual([broken]);
    expect(await deploy({ url, service: 'shop', folder })).toEqual([]);
  });

  it('goes on after a process that was killed between beginning a migration and its commit', async () => {
    const url = await shop();
    await deploy({ url, service: 'shop', folder });
    const next = '20260102000000_next';
    await rows(
      url,
      `insert into _prisma_migrations (id, checksum, migration_name, started_at) values ('x', 'y', '${next}', now())`,
    );
    await writeSql(next, 'create table "next" ("id" text);');
    expect(await deploy({ url, service: 'shop', folder })).toEqual([next]);
  });

  it('commits a script together with the mark that it is done', async () => {
    await writeSql(
      '20260102000000_watched',
      `create table "seen" ("at" serial, "by" bigint);
       create function see() returns trigger language plpgsql as
         $$ begin insert into seen (by) values (txid_current()); return null; end $$;
       create trigger "seen" after update on _prisma_migrations execute function see();
       insert into "seen" ("by") values (txid_current());`,
    );
    const url = await shop();
    await deploy({ url, service: 'shop', folder });
    const [script, mark] = await rows<{ by: string }>(url, 'select by from seen order by at');
    expect(mark).toEqual(script);
  });

  it('asks a person about one that cannot be undone as a whole, and believes the answer', async () => {
    const outside = '20260102000000_outside';
    await writeSql(outside, 'create unique index concurrently "item_name_key" on "item" ("name");');
    const url = await shop();
    await deploy({ url, service: 'shop', folder: await onlyFirst() });
    await rows(url, `insert into item values ('a', 'axe'), ('b', 'axe')`);
    await expect(deploy({ url, service: 'shop', folder })).rejects.toThrow(
      /20260102000000_outside: could not create unique index/,
    );
    await expect(deploy({ url, service: 'shop', folder })).rejects.toThrow(
      /migration -- undone shop 20260102000000_outside/,
    );
    await rows(url, `drop index item_name_key; update item set name = 'bow' where id = 'b'`);
    await markUndone({ url, service: 'shop', migration: outside, folder });
    expect(await deploy({ url, service: 'shop', folder })).toEqual([outside]);
  });

  it('refuses a migration that was edited after it had been applied', async () => {
    const url = await shop();
    await deploy({ url, service: 'shop', folder });
    await writeSql(first, `${beginning}-- and more`);
    await expect(deploy({ url, service: 'shop', folder })).rejects.toThrow(
      /shop could not be migrated. 20260101000000_begin changed after/,
    );
  });

  it('accepts a database that is ahead, as in a roll-back to the former release', async () => {
    const url = await shop();
    await writeSql('20260102000000_newer', 'create table "newer" ("id" text);');
    await deploy({ url, service: 'shop', folder });
    expect(await deploy({ url, service: 'shop', folder: await onlyFirst() })).toEqual([]);
  });

  async function onlyFirst(): Promise<string> {
    const copy = `${folder}-first`;
    await cp(folder, copy, { recursive: true });
    for (const name of await readdir(join(copy, 'shop/migrations'))) {
      if (name !== first) await rm(join(copy, 'shop/migrations', name), { recursive: true });
    }
    return copy;
  }
});

describe('checking', () => {
  const check = () => checkMigrations({ service: 'shop', superuserUrl: server.url, folder });

  it('finds nothing wrong with SQL that the schema language cannot say', async () => {
    expect(await check()).toEqual({ agrees: true, difference: '' });
  });

  it.each([
    ['a column', model.replace('name String', 'name String\n  price Int?'), /ADD COLUMN +"price" INTEGER/],
    ['a table', `${model}\nmodel Shelf {\n  id Int @id\n}\n`, /CREATE TABLE "Shelf"/],
    ['an index', model.replace('  @@map', '  @@index([name])\n  @@map'), /CREATE INDEX "item_name_idx"/],
  ])('names %s that the migrations lack', async (_, changed, lacking) => {
    await write('schema.prisma', datasource + changed);
    const { agrees, difference } = await check();
    expect(agrees).toBe(false);
    expect(difference).toMatch(lacking);
    expect(difference).not.toMatch(/DROP/);
  });

  it('names a column that only the migrations have', async () => {
    await writeSql('20260102000000_more', 'alter table "item" add "price" integer;');
    expect((await check()).difference).toMatch(/DROP COLUMN "price"/);
  });

  it('says which migration does not run', async () => {
    await writeSql('20260102000000_more', 'alter table "itme" add "price" integer;');
    await expect(check()).rejects.toThrow(/^Migration 20260102000000_more failed.*\nrelation "itme" does not exist/);
  });

  it('says where the schema is wrong', async () => {
    await write('schema.prisma', datasource + model.replace('String @id', 'Sting @id'));
    await expect(check()).rejects.toThrow(/Type "Sting" is neither[\s\S]*schema.prisma:5/);
  });

  it('leaves no database behind', async () => {
    await check();
    expect(await rows(server.url, `select from pg_database where datname like 'kraty_scratch%'`)).toEqual([]);
  });
});

describe('creating', () => {
  const create = (name: string, now?: Date) =>
    createMigration({ service: 'shop', name, superuserUrl: server.url, folder, now });

  it('writes what leads from the migrations to the schema, after which both agree', async () => {
    await write('schema.prisma', datasource + model.replace('name String', 'name String\n  price Int?'));
    const { file, empty, destroys } = await create('Prices in the shop', new Date('2026-03-04T05:06:07Z'));
    expect(basename(dirname(file))).toBe('20260304050607_prices_in_the_shop');
    expect({ empty, destroys }).toEqual({ empty: false, destroys: [] });
    expect(await readFile(file, 'utf8')).toMatch(/^-- Why: Prices in the shop\.\n\n[\s\S]*ADD COLUMN/);
    expect(await checkMigrations({ service: 'shop', superuserUrl: server.url, folder })).toMatchObject({
      agrees: true,
    });
  });

  it('sorts after all others, whatever the clock says', async () => {
    const { file } = await create('late', new Date('2025-12-31T23:59:59Z'));
    expect(basename(dirname(file))).toBe('20260101000001_late');
  });

  it('makes room for SQL of one’s own when nothing differs', async () => {
    const { file, empty } = await create('faster search');
    expect(empty).toBe(true);
    expect(await readFile(file, 'utf8')).toBe('-- Why: faster search.\n\n');
  });

  it('names the statements that lose data', async () => {
    await write('schema.prisma', datasource + model.replace('  name String\n', '  price Int?\n'));
    const { destroys } = await create('prices instead of names');
    expect(destroys).toEqual([expect.stringMatching(/DROP COLUMN "name"/)]);
  });

  it('wants a name that can be a folder', async () => {
    await expect(create('../../..')).rejects.toThrow(/cannot name a migration/);
  });
});

describe('the services of this repository', () => {
  it.each(servicesWithSchema())('%s: the migrations build the schema', async (service) => {
    expect(await checkMigrations({ service, superuserUrl: server.url })).toEqual({ agrees: true, difference: '' });
  });

  it('share four tables to the letter', async () => {
    const texts = await Promise.all(servicesWithSchema().map(sharedModels));
    expect(texts[0]).toHaveLength(4);
    for (const text of texts) expect(text).toEqual(texts[0]);
  });

  it('ask for unpublished rows through the same index', async () => {
    const names = servicesWithSchema();
    const urls = await provision({ superuserUrl: server.url, database, services: names });
    for (const service of names) {
      await deploy({ url: urls[service]!, service });
      const index = `select pg_get_expr(indpred, indrelid) as only from pg_index
        where indexrelid = to_regclass('outbox_unpublished_idx')`;
      expect(await rows(urls[service]!, index)).toEqual([{ only: '(published_at IS NULL)' }]);
    }
  });

  async function sharedModels(service: string): Promise<string[]> {
    const text = await readFile(join(schemas, service, 'schema.prisma'), 'utf8');
    return text.match(/^model (Outbox|Inbox|ParkedMessage|IdempotencyRecord) \{[^}]*\}$/gm) ?? [];
  }
});
