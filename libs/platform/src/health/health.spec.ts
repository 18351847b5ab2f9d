import { MovableClock } from '../clock/index.js';
import { Metrics } from '../telemetry/index.js';
import { combinedReadiness, Health, isLoopback, mayReadMetrics, OpsServer } from './index.js';

const works = (): Promise<void> => Promise.resolve();
const fails = (): Promise<void> => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:5432'));
const hangs = (): Promise<void> => new Promise(() => undefined);

describe('Health', () => {
  it('is not ready before the start is complete', async () => {
    expect(await new Health().readiness()).toEqual({ status: 'degraded', checks: { process: 'failed' } });
  });

  it('is ready when every part works', async () => {
    const sut = new Health();
    sut.register('database', works);
    sut.started();
    expect(await sut.readiness()).toEqual({ status: 'ready', checks: { database: 'ok' } });
  });

  it('gives a hanging part one second, and says which part it was', async () => {
    const sut = new Health();
    sut.register('database', hangs);
    sut.register('queue', fails);
    sut.register('cache', works);
    sut.started();
    const { setTimeout } = globalThis;
    const bounds: unknown[] = [];
    globalThis.setTimeout = ((work: () => void, ms: unknown) => {
      bounds.push(ms);
      setImmediate(work);
    }) as unknown as typeof setTimeout;
    const reading = sut.readiness();
    globalThis.setTimeout = setTimeout;
    const checks = { database: 'failed', queue: 'failed', cache: 'ok' };
    expect(await reading).toEqual({ status: 'degraded', checks });
    expect(bounds).toEqual([1_000, 1_000, 1_000]);
  });

  it('stays ready without a part it can do without, and says that it is away', async () => {
    const sut = new Health();
    sut.register('database', works);
    sut.register('cache', fails, { optional: true });
    sut.started();
    expect(await sut.readiness()).toEqual({ status: 'ready', checks: { database: 'ok', cache: 'failed' } });
  });

  it('is not ready while draining, and never again', async () => {
    const sut = new Health();
    sut.started();
    sut.drain();
    sut.started();
    expect((await sut.readiness()).status).toBe('degraded');
  });

  it('of several services is the worst of them', async () => {
    const [one, other] = [new Health(), new Health()];
    one.register('database', fails);
    other.register('database', works);
    [one, other].forEach((part) => part.started());
    expect(await combinedReadiness([one, other])).toEqual({ status: 'degraded', checks: { database: 'failed' } });
  });
});

describe('OpsServer', () => {
  const health = new Health();
  const metrics = new Metrics('economy');
  const clock = new MovableClock(new Date('2026-06-08T12:00:00.000Z'));
  let sut: OpsServer;

  beforeAll(async () => {
    health.register('database', works);
    sut = await OpsServer.start({
      clock,
      health: [health],
      registries: [metrics.registry],
      host: '127.0.0.1',
      port: 0,
    });
  });

  afterAll(() => sut.stop());

  it('says it lives whatever its parts do', async () => {
    const response = await fetch(`${sut.url}/healthz`);
    expect(response.status).toBe(200);
    const body = { status: 'ok', version: expect.stringMatching(/^\d+\.\d+\.\d+/), time: '2026-06-08T12:00:00.000Z' };
    expect(await response.json()).toEqual(body);
  });

  it('tells probes the truth from start to drain', async () => {
    const statusOf = async (): Promise<number> => (await fetch(`${sut.url}/readyz`)).status;
    expect(await statusOf()).toBe(503);
    health.started();
    expect(await statusOf()).toBe(200);
    health.drain();
    expect(await statusOf()).toBe(503);
  });

  it('shows metrics to loopback', async () => {
    metrics.counter('debits_total', 'Debits.').inc();
    const page = await (await fetch(`${sut.url}/metrics`)).text();
    expect(page).toContain('debits_total{service="economy"} 1');
    expect(page).toContain('nodejs_eventloop_lag_seconds');
  });

  it('knows nothing else', async () => {
    expect((await fetch(`${sut.url}/`)).status).toBe(404);
    expect((await fetch(`${sut.url}/healthz`, { method: 'POST' })).status).toBe(404);
  });

  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.1', false],
    ['128.0.0.1', false],
    [undefined, false],
  ])('takes %s for loopback: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});

describe('mayReadMetrics', () => {
  it.each([
    [undefined, '127.0.0.1', undefined, true],
    [undefined, '10.0.0.9', 'Bearer ', false],
    ['0123456789abcdef', '10.0.0.9', 'Bearer 0123456789abcdef', true],
    ['0123456789abcdef', '10.0.0.9', 'Bearer 0123456789abcdeF', false],
    ['0123456789abcdef', '10.0.0.9', undefined, false],
  ])('with token %s, from %s, showing %s: %s', (token, address, authorization, expected) => {
    expect(mayReadMetrics(token, address, authorization)).toBe(expected);
  });
});
