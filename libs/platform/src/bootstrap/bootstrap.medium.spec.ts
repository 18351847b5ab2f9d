import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from '@kraty/contracts/messages';
import { Controller, Get, Inject, Injectable, Module, Post } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { freePort, removeDirectory, startNats, startRedis } from '../../../../tools/lib/servers.mjs';
import { Clock, MovableClock } from '../clock/index.js';
import { ProcessConfiguration } from '../configuration/index.js';
import { fail } from '../errors/index.js';
import { Logger } from '../logging/index.js';
import { eventually } from '../messaging/eventually.fixture.js';
import { HandleRequest, Messenger } from '../messaging/index.js';
import { Redis } from '../redis/index.js';
import { defineService, type RunningService, startService } from './index.js';

const json = { 'content-type': 'application/json' };
const greet = request<{ name: string }, { text: string; at: string }>('economy', 'greet');

@Injectable()
class Greeting {
  word(): string {
    return 'hello';
  }
}

@Controller()
class GreetingHandler {
  constructor(
    private readonly greeting: Greeting,
    private readonly clock: Clock,
    @Inject(Redis) private readonly redis: Redis,
  ) {}

  @HandleRequest(greet)
  async greet({ name }: { name: string }): Promise<{ text: string; at: string }> {
    if (name === 'nobody') throw fail('not_found', 'There is nobody here.', { resource: 'name' });
    if (name === 'bug') throw new TypeError('select password from vault');
    const text = `${this.greeting.word()} ${name} ${await this.redis.incr('greetings')}`;
    return { text, at: this.clock.now().toISOString() };
  }
}

@Module({ controllers: [GreetingHandler], providers: [Greeting] })
class GreetingModule {}

const greeter = defineService({ name: 'economy', module: GreetingModule, configuration: ProcessConfiguration });

@Controller()
class DoorController {
  constructor(private readonly messenger: Messenger) {}

  @Get('greet')
  greet(): Promise<{ text: string }> {
    return this.messenger.request(greet, { name: 'mira' });
  }

  @Post('bug')
  bug(): Promise<unknown> {
    return this.messenger.request(greet, { name: 'bug' });
  }

  @Get('nobody')
  nobody(): Promise<unknown> {
    return this.messenger.request(greet, { name: 'nobody' });
  }
}

@Module({ controllers: [DoorController] })
class DoorModule {}

const door = defineService({
  name: 'gateway',
  module: DoorModule,
  configuration: ProcessConfiguration,
  http: {
    address: () => ({ host: '127.0.0.1', port: 0 }),
    createAdapter: () => new FastifyAdapter({ genReqId: () => 'door-1' }),
  },
});

describe('startService', () => {
  const clock = new MovableClock(new Date('2026-06-08T12:00:00.000Z'));
  const logger = Logger.silent();
  let directory: string;
  let servers: { url: string; kill(): Promise<void> }[];
  let environment: Record<string, string>;
  let economy: RunningService;
  let gateway: RunningService;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kraty-bootstrap-'));
    servers = await Promise.all([
      startNats({ dataDirectory: join(directory, 'nats') }),
      startRedis({ dataDirectory: join(directory, 'redis') }),
    ]);
    environment = { NATS_URL: servers[0]!.url, REDIS_URL: servers[1]!.url, OPS_PORT: String(await freePort()) };
    economy = await startService(greeter, { environment, clock, logger });
    gateway = await startService(door, { environment: { ...environment, OPS_PORT: '0' }, logger });
  });

  afterAll(async () => {
    await Promise.all([gateway.stop(), economy.stop()]);
    await Promise.all(servers.map((server) => server.kill()));
    await removeDirectory(directory);
  });

  it('carries a request from HTTP through NATS to the handler and back', async () => {
    const response = await fetch(`${gateway.url}/greet`);
    expect(await response.json()).toEqual({
      text: expect.stringMatching(/^hello mira \d+$/),
      at: '2026-06-08T12:00:00.000Z',
    });
  });

  it('carries a refusal back with its code, status and details', async () => {
    const response = await fetch(`${gateway.url}/nobody`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: { code: 'not_found', message: 'There is nobody here.', details: { resource: 'name' } },
    });
  });

  it('hides a bug behind internal_error, under the id the request had at the door', async () => {
    const response = await fetch(`${gateway.url}/bug`, { method: 'POST', body: '{}', headers: json });
    expect(response.status).toBe(500);
    const { error } = (await response.json()) as { error: { code: string; message: string; details: object } };
    expect(error).toMatchObject({ code: 'internal_error', details: { requestId: 'door-1' } });
    expect(JSON.stringify(error)).not.toContain('select');
  });

  it('answers an unknown route in the envelope', async () => {
    const response = await fetch(`${gateway.url}/nothing/here`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: { code: 'not_found', message: expect.any(String) } });
  });

  it('is ready, and says which parts it asked', async () => {
    // A part that does not answer within a second, because the machine is busy, is away for that time.
    await eventually(async () => {
      const response = await fetch(`${economy.opsUrl}/readyz`);
      expect(await response.json()).toEqual({ status: 'ready', checks: { cache: 'ok', queue: 'ok' } });
    });
  });

  it('takes overrides in place of its own providers', async () => {
    const sut = await startService(greeter, {
      environment: { ...environment, OPS_PORT: '0' },
      logger,
      overrides: [{ provide: Clock, useValue: new MovableClock(new Date(0)) }],
    });
    expect(sut.app.get(Clock).nowMs()).toBe(0);
    await sut.stop();
  });

  it('names every bad variable before anything is opened', async () => {
    const starting = startService(greeter, { environment: { NATS_URL: 'x', OPS_PORT: 'y' } });
    await expect(starting).rejects.toMatchObject({
      problems: expect.arrayContaining([expect.stringMatching(/^NATS_URL/)]),
    });
  });

  it('stops within its bound although a client keeps its connection open', async () => {
    const sut = await startService(door, { environment: { ...environment, OPS_PORT: '0' }, logger });
    const agent = new Agent({ keepAlive: true });
    const [reply] = (await once(get(`${sut.url}/greet`, { agent }), 'response')) as [IncomingMessage];
    await once(reply.resume(), 'end');
    const beforeMs = performance.now();
    await sut.stop();
    expect(performance.now() - beforeMs).toBeLessThan(30_000);
    agent.destroy();
  });

  it('is not ready while it drains, and still answers', async () => {
    const opsPort = String(await freePort());
    const sut = await startService(door, {
      environment: { ...environment, OPS_PORT: opsPort, DRAIN_SECONDS: '10' },
      logger,
    });
    const stopping = sut.stop();
    expect((await fetch(`${sut.opsUrl}/readyz`)).status).toBe(503);
    const reply = await fetch(`${sut.url}/greet`);
    expect([reply.status, reply.headers.get('connection')]).toEqual([200, 'close']);
    await stopping;
    await expect(fetch(`${sut.url}/greet`)).rejects.toThrow();
  });
});
