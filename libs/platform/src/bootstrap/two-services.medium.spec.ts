import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '@kraty/contracts/common';
import { type Fact, fact, request } from '@kraty/contracts/messages';
import { Controller, Module, type Type } from '@nestjs/common';
import { freePort, removeDirectory, startNats } from '../../../../tools/lib/servers.mjs';
import { ServiceConfiguration } from '../configuration/index.js';
import { HandleFacts, Inbox, Outbox } from '../facts/index.js';
import { OwnDatabase } from '../facts/own-database.fixture.js';
import { IdempotencyStore } from '../idempotency/index.js';
import { uuidV7 } from '../ids/index.js';
import { Logger } from '../logging/index.js';
import { eventually } from '../messaging/eventually.fixture.js';
import { HandleRequest, Messenger } from '../messaging/index.js';
import { Database } from '../persistence/index.js';
import { defineService, type RunningService, startService } from './index.js';

interface Charged {
  amount: number;
}

const charge = request<Charged, { applied: Context[] }>('economy', 'charge');
const charged = fact<Charged>('economy', 'wallet', 'charged', 'change');

@Controller()
class ChargeHandler {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    readonly idempotency: IdempotencyStore,
  ) {}

  @HandleRequest(charge)
  async charge(payload: Charged): Promise<{ applied: Context[] }> {
    const scope = { studioId: uuidV7(), gameId: uuidV7(), environment: 'live' as const };
    const news = { type: charged, scope, aggregateId: uuidV7(), revision: 1, payload };
    const staged = await this.database.transaction((tx) => this.outbox.stage(tx, [news]));
    const { applied } = await this.outbox.carry(staged, { awaitApplied: ['grants'], withinMs: 30_000 });
    return { applied };
  }
}

@Controller()
class ChargedConsumer {
  constructor(
    private readonly database: Database,
    private readonly inbox: Inbox,
  ) {}

  @HandleFacts(charged)
  async onCharged(facts: Fact<Charged>[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const { id } of facts) {
        if (await this.inbox.firstTime(tx, 'spec', id))
          await tx.query('insert into effect values ($1, $2)', [id, 'grants']);
      }
    });
  }
}

@Module({ controllers: [ChargeHandler] })
class EconomyModule {}

@Module({ controllers: [ChargedConsumer] })
class GrantsModule {}

describe('two services with schemas of their own', () => {
  const logger = Logger.silent();
  const running: RunningService[] = [];
  let directory: string;
  let databases: OwnDatabase;
  let broker: { url: string; kill(): Promise<void> };
  let grants: Database;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kraty-two-services-'));
    [databases, broker] = await Promise.all([OwnDatabase.start(), startNats({ dataDirectory: directory })]);
    grants = await databases.create();
    await Promise.all([
      start('grants', GrantsModule, grants),
      start('economy', EconomyModule, await databases.create()),
    ]);
  });

  afterAll(async () => {
    await Promise.all(running.map((service) => service.stop()));
    await Promise.all([databases.stop(), broker.kill()]);
    await removeDirectory(directory);
  });

  async function start(name: Context, module: Type, database: Database): Promise<void> {
    const definition = defineService({ name, module, configuration: ServiceConfiguration });
    const environment = {
      NATS_URL: broker.url,
      DATABASE_URL: String(database.pool.options.connectionString),
      OPS_PORT: String(await freePort()),
    };
    running.push(await startService(definition, { environment, logger }));
  }

  async function openConnections(): Promise<number> {
    const text = `select count(*) as open from pg_stat_activity where application_name like 'kraty-%'`;
    const [row] = await grants.query<{ open: number }>(text);
    return row!.open;
  }

  it('carries what one has committed to the other before the caller is answered', async () => {
    const messenger = running[0]!.app.get(Messenger);
    expect(await messenger.request(charge, { amount: 30 }, { deadlineMs: 40_000 })).toEqual({ applied: ['grants'] });
    expect(await grants.query('select reader from effect')).toEqual([{ reader: 'grants' }]);
  });

  it('asks the database and the broker whether they are ready', async () => {
    // A part that does not answer within a second, because the machine is busy, is away for that time.
    await eventually(async () => {
      const response = await fetch(`${running[0]!.opsUrl}/readyz`);
      expect(await response.json()).toEqual({ status: 'ready', checks: { database: 'ok', queue: 'ok' } });
    });
  });

  it('has one page of metrics a service, although they share the process', async () => {
    const pages = await Promise.all(running.map(async ({ opsUrl }) => (await fetch(`${opsUrl}/metrics`)).text()));
    expect(pages.map((page) => /service="(\w+)"/.exec(page)?.[1]).toSorted()).toEqual(['economy', 'grants']);
  });

  it('ends with its connections closed', async () => {
    await Promise.all(running.map((service) => service.stop()));
    // PostgreSQL's own processes end a moment after the connections they served.
    await eventually(async () => expect(await openConnections()).toBe(0));
  });
});
