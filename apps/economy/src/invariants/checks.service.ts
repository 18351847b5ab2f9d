import { Injectable } from '@nestjs/common';
import type { CheckedPage } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { Metrics } from '@kraty/platform/telemetry';
import { JobsService, type KeepTurn } from '../jobs/jobs.service.js';
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
    private readonly jobs: JobsService,
    private readonly clock: Clock,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    const options = { labels: ['check'] };
    this.violated = metrics.counter('invariant_violations_total', 'Rows that contradict what must be true.', options);
    this.checked = metrics.counter('invariant_checked_total', 'Players and resources that were checked.', options);
  }

  async runWhenDue(): Promise<void> {
    if (await this.jobs.runWhenDue('check-all', dayMs, (keep) => this.runAll(keep))) return;
    const hour = Math.floor(this.clock.nowMs() / hourMs);
    await this.jobs.runWhenDue('check-sample', hourMs, (keep) => this.runHoldings(hour % 100, keep));
  }

  async runAll(keep: KeepTurn): Promise<void> {
    await this.runHoldings(null, keep);
    await this.tell('totals', await this.invariants.totals());
  }

  private async runHoldings(percentile: number | null, keep: KeepTurn): Promise<void> {
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      await keep();
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
