import { Injectable } from '@nestjs/common';
import type { CheckedPage } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { Metrics } from '@kraty/platform/telemetry';
import { JobsStore } from '../jobs/jobs.store.js';
import { FindingsService } from './findings.service.js';
import { InvariantsService } from './invariants.service.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Looks at a hundredth of all players every hour and at everything once a day; tells, and blocks nothing (08 §13). */
@Injectable()
export class ChecksService {
  private readonly violated;
  private readonly checked;

  constructor(
    private readonly invariants: InvariantsService,
    private readonly findings: FindingsService,
    private readonly jobs: JobsStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    const options = { labels: ['check'] };
    this.violated = metrics.counter('invariant_violations_total', 'Rows that contradict what must be true.', options);
    this.checked = metrics.counter('invariant_checked_total', 'Players and resources that were checked.', options);
  }

  async runWhenDue(): Promise<void> {
    const now = this.clock.now();
    if (await this.jobs.takeTurn('check-all', now, dayMs)) return this.runAll();
    const hour = Math.floor(now.getTime() / hourMs);
    if (await this.jobs.takeTurn('check-sample', now, hourMs)) await this.runHoldings(hour % 100);
  }

  async runAll(): Promise<void> {
    await this.runHoldings(null);
    await this.tell('totals', await this.invariants.totals());
  }

  private async runHoldings(percentile: number | null): Promise<void> {
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const page: CheckedPage = await this.invariants.holdings(after, percentile);
      await this.tell('holdings', page);
      after = page.next;
    }
  }

  private async tell(check: string, { checked, violations }: CheckedPage): Promise<void> {
    this.checked.labels(check).inc(checked);
    for (const violation of violations) {
      this.violated.labels(violation.check).inc();
      this.logger.error({ violation }, 'an invariant is violated');
    }
    await this.findings.record(violations);
  }
}
