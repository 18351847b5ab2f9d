import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { Database } from '@kraty/platform/persistence';
import { ReversalsService } from './reversals.service.js';
import { ReversalsStore } from './reversals.store.js';

/** Refunds tried in one round. */
const refundsARoundMax = 200;

/** Refunds that wait for room, and those whose payer died in between. */
@Injectable()
export class RefundQueue {
  constructor(
    private readonly database: Database,
    private readonly store: ReversalsStore,
    private readonly reversals: ReversalsService,
    private readonly logger: Logger,
  ) {}

  /** Two instances at once do no harm: the refund's id is paid once. */
  async payDue(now: Date): Promise<void> {
    for (const ref of await this.store.due(this.database, now, refundsARoundMax)) {
      await this.reversals.retry(ref).catch((error: unknown) => {
        this.logger.warn({ err: error, operationId: ref.operationId }, 'a refund failed and is tried again');
      });
    }
  }
}
