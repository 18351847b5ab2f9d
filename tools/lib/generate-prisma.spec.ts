import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, prismaFor, type PrismaClientClass } from '@kraty/platform/persistence';
import { generatePrismaClients } from './generate-prisma.mjs';
import { deploy, provision, servicesWithSchema } from './migrations.mjs';
import { removeDirectory, startPostgres } from './servers.mjs';

/** What the spec uses of the generated client, which is not there before it is generated. */
interface Client {
  inbox: {
    create(query: { data: object }): Promise<object>;
    findMany(): Promise<object[]>;
  };
  $transaction(work: (client: Client) => Promise<void>): Promise<void>;
  $disconnect(): Promise<void>;
}

const row = {
  consumer: 'spec',
  factId: '0198f0b2-0000-7000-8000-00000000abcd',
  processedAt: new Date('2026-03-29T01:30:00.123Z'),
};

let directory: string;
let server: Awaited<ReturnType<typeof startPostgres>>;
let database: Database;
let prisma: Client;

beforeAll(async () => {
  directory = await mkdtemp(join(process.env.KRATY_TEST_DIRECTORY ?? tmpdir(), 'kraty-prisma-'));
  // A zone that differs from UTC, because Prisma's adapter would take its times for UTC.
  const settings = { fsync: 'off', timezone: 'America/New_York' };
  server = await startPostgres({ dataDirectory: directory, settings });
  const urls = await provision({ superuserUrl: server.url, database: 'spec', services: ['economy'] });
  await deploy({ url: urls.economy!, service: 'economy' });
  await generatePrismaClients();
  const generated = '../../apps/economy/src/generated/prisma/client.js';
  const { PrismaClient } = (await import(generated)) as { PrismaClient: PrismaClientClass<Client> };
  database = new Database({ url: urls.economy!, poolMax: 2, applicationName: 'spec' });
  prisma = prismaFor(database, PrismaClient, 'economy');
});

afterAll(async () => {
  await prisma.$disconnect();
  await database.close();
  await server.stop();
  await removeDirectory(directory);
});

beforeEach(() => database.query('truncate inbox'));

describe('the generated clients', () => {
  it('are there for every service with a schema, and not written again while they fit', async () => {
    expect(servicesWithSchema().length).toBeGreaterThan(0);
    expect(await generatePrismaClients({ check: true })).toEqual([]);
  });

  it('read and write in the service’s schema, without an engine, on the service’s own pool', async () => {
    await prisma.inbox.create({ data: row });
    expect(await prisma.inbox.findMany()).toEqual([row]);
    expect(await database.query('select processed_at from inbox')).toEqual([{ processed_at: row.processedAt }]);
    expect(database.pool.totalCount).toBeGreaterThan(0);
  });

  it('roll back as one', async () => {
    const refused = prisma.$transaction(async (tx) => {
      await tx.inbox.create({ data: row });
      throw new Error('changed my mind');
    });
    await expect(refused).rejects.toThrow('changed my mind');
    expect(await prisma.inbox.findMany()).toEqual([]);
  });

  it('leave the pool open when they disconnect', async () => {
    await prisma.$disconnect();
    await database.ping();
  });
});
