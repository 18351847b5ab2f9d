import { Injectable } from '@nestjs/common';
import type { CheckedPage } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { Metrics } from '@kraty/platform/telemetry';
import { FindingsService } from './findings.service.js';
import { InvariantsService } from './invariants.service.js';

const hourMs = 3_600_000;
/** The hour of the day, UTC, in which everything is looked at. */
const nightHour = 3;
/** How often an instance asks whether a new hour has begun. Milliseconds. */
const everyMs = 10 * 60_000;

/**
 * Looks at a hundredth of all claims every hour and at everything once a night; tells, and blocks nothing (08 §13).
 * Instances look side by side: they change nothing, and a finding of several goes on record once.
 */
@Injectable()
export class ChecksWorker extends RepeatingWorker {
  private readonly violated;
  private readonly checked;
  private lastHour: number;

  constructor(
    private readonly invariants: InvariantsService,
    private readonly findings: FindingsService,
    private readonly clock: Clock,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    super({ name: 'invariants', everyMs, logger });
    const options = { labels: ['check'] };
    this.violated = metrics.counter('invariant_violations_total', 'Rows that contradict what must be true.', options);
    this.checked = metrics.counter('invariant_checked_total', 'Grants and pools that were checked.', options);
    this.lastHour = this.hour();
  }

  override async round(): Promise<void> {
    const hour = this.hour();
    if (hour === this.lastHour) return;
    this.lastHour = hour;
    const isNight = hour % 24 === nightHour;
    if (isNight) return this.runAll();
    await this.runClaims(hour % 100);
  }

  async runAll(): Promise<void> {
    await this.runClaims(null);
    await this.run('deposits', (after) => this.invariants.deposits(after));
    await this.run('pools', (after) => this.invariants.pools(after));
  }

  private async runClaims(percentile: number | null): Promise<void> {
    await this.run('claims', (after) => this.invariants.claims(after, percentile));
  }

  private async run(check: string, read: (after: string | null) => Promise<CheckedPage>): Promise<void> {
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const { checked, violations, next }: CheckedPage = await read(after);
      this.checked.labels(check).inc(checked);
      for (const violation of violations) {
        this.violated.labels(violation.check).inc();
        this.logger.error({ violation }, 'an invariant is violated');
      }
      await this.findings.record(violations);
      after = next;
    }
  }

  private hour(): number {
    return Math.floor(this.clock.nowMs() / hourMs);
  }
}
