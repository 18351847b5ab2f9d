import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { Redis } from '@kraty/platform/redis';
import { Lease, resetSeconds, windowMs, type Allowance } from './lease.js';

/** A shared count outlives its window by this much, for processes whose clocks differ. */
const countLifetimeSeconds = 120;
/** Buckets one process keeps in one window; beyond it new buckets are counted in Redis one by one. */
const leasesMax = 500_000;
const failureLogIntervalMs = 10_000;
/** After a failure Redis is left alone this long: a silent one would cost every caller its whole time-out. Milliseconds. */
const pauseAfterFailureMs = 1_000;

/** Requests a minute and bucket, counted in Redis in leases (01 §8). When Redis is away nothing is refused. */
@Injectable()
export class RateLimits {
  private window = 0;
  private leases = new Map<string, Lease>();
  /** What is being asked, by bucket; resolves to whether Redis has answered. */
  private pending = new Map<string, Promise<boolean>>();
  private loggedAtMs = -failureLogIntervalMs;
  private leftAloneUntilMs = 0;

  constructor(
    private readonly redis: Redis,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Counts one request; synchronous while the process holds a lease. `limit` 0 = unlimited. */
  take(bucket: string, limit: number): Allowance | Promise<Allowance> {
    const nowMs = this.clock.nowMs();
    if (limit === 0) return { allowed: true, limit: 0, remaining: 0, resetSeconds: resetSeconds(nowMs) };
    const lease = this.leaseOf(bucket, limit, nowMs);
    const verdict = lease.take();
    if (verdict === 'lease') return this.takeLeased(bucket, lease, nowMs);
    return allowance(lease, verdict === 'allowed', nowMs);
  }

  private leaseOf(bucket: string, limit: number, nowMs: number): Lease {
    const window = Math.floor(nowMs / windowMs);
    if (window !== this.window) {
      this.window = window;
      this.leases = new Map();
      this.pending = new Map();
    }
    const known = this.leases.get(bucket);
    if (known && known.limit === limit) return known;
    if (this.leases.size >= leasesMax) return new Lease(limit, 1);
    const lease = new Lease(limit);
    this.leases.set(bucket, lease);
    return lease;
  }

  private async takeLeased(bucket: string, lease: Lease, nowMs: number): Promise<Allowance> {
    for (;;) {
      const verdict = lease.take();
      if (verdict !== 'lease') return allowance(lease, verdict === 'allowed', nowMs);
      const extended = await this.extend(bucket, lease);
      if (!extended) return allowance(lease, true, nowMs);
    }
  }

  /** Callers that need the same lease at once share one question to Redis, and its failure. */
  private async extend(bucket: string, lease: Lease): Promise<boolean> {
    const { pending } = this;
    const running = pending.get(bucket);
    if (running) return running;
    if (performance.now() < this.leftAloneUntilMs) return false;
    const asking = this.ask(bucket, lease).then(
      () => true,
      (error: unknown) => this.failed(error),
    );
    pending.set(bucket, asking);
    return asking.finally(() => pending.delete(bucket));
  }

  private async ask(bucket: string, lease: Lease): Promise<void> {
    const key = `kraty:rate:${bucket}:${this.window}`;
    const size = lease.size;
    const [total] = await Promise.all([this.redis.incrby(key, size), this.redis.expire(key, countLifetimeSeconds)]);
    lease.extend(size, total);
  }

  private failed(error: unknown): false {
    const nowMs = performance.now();
    this.leftAloneUntilMs = nowMs + pauseAfterFailureMs;
    if (nowMs - this.loggedAtMs >= failureLogIntervalMs) {
      this.loggedAtMs = nowMs;
      this.logger.warn({ err: error }, 'rate limits cannot be counted; requests pass');
    }
    return false;
  }
}

function allowance(lease: Lease, allowed: boolean, nowMs: number): Allowance {
  return { allowed, limit: lease.limit, remaining: allowed ? lease.remaining : 0, resetSeconds: resetSeconds(nowMs) };
}
