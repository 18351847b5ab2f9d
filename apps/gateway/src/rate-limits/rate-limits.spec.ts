import { MovableClock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import type { Redis } from '@kraty/platform/redis';
import { RateLimits } from './rate-limits.service.js';

const clock = new MovableClock(new Date('2026-06-08T12:00:00.000Z'));
/** A Redis that takes every command and answers none, until the spec has the driver give up on all of them. */
function silentRedis() {
  const waiting: (() => void)[] = [];
  let asked = 0;
  const never = () =>
    new Promise<number>((_, reject) => {
      asked += 1;
      waiting.push(() => reject(new Error('Command timed out')));
    });
  const giveUp = (): void => waiting.splice(0).forEach((end) => end());
  return { redis: { incrby: never, expire: never } as unknown as Redis, asked: () => asked, giveUp };
}

/** A Redis with one counter a key. */
function countingRedis() {
  const counts = new Map<string, number>();
  const incrby = (key: string, by: number): Promise<number> => {
    counts.set(key, (counts.get(key) ?? 0) + by);
    return Promise.resolve(counts.get(key)!);
  };
  return { incrby, expire: () => Promise.resolve(1) } as unknown as Redis;
}

const { now } = performance;

afterEach(() => {
  performance.now = now;
});

describe('RateLimits', () => {
  it('lets callers that wait for a silent Redis pass together, and the next ones at once', async () => {
    // The pause in which Redis is left alone does not end between the two.
    performance.now = () => 60_000;
    const { redis, asked, giveUp } = silentRedis();
    const sut = new RateLimits(redis, clock, Logger.silent());
    const first = Promise.all(Array.from({ length: 50 }, async () => sut.take('key:a:sdk_read', 100)));
    giveUp();
    expect((await first).every(({ allowed }) => allowed)).toBe(true);
    const next = await Promise.all(Array.from({ length: 50 }, async (_, n) => sut.take(`player:${n}:sdk_read`, 100)));
    expect(next.every(({ allowed }) => allowed)).toBe(true);
    // One count and its lifetime, once.
    expect(asked()).toBe(2);
  });

  it('lets no more pass than the limit, however many ask at once of however many processes', async () => {
    const redis = countingRedis();
    const processes = [new RateLimits(redis, clock, Logger.silent()), new RateLimits(redis, clock, Logger.silent())];
    const asked = Array.from({ length: 300 }, async (_, n) => processes[n % 2]!.take('key:a:sdk_write', 100));
    const passed = (await Promise.all(asked)).filter(({ allowed }) => allowed);
    expect(passed).toHaveLength(100);
  });
});
