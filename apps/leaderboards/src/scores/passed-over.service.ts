import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { Metrics } from '@kraty/platform/telemetry';

/** Why a write did not count on a board it would belong to (06 §6). */
export type PassedOverReason = 'unknown' | 'ranked_by_progression' | 'no_segment' | 'period_closed';

/** Writes that boards pass over: no error and no answer tells of them, so they are counted. */
@Injectable()
export class PassedOver {
  private readonly counted: ReturnType<Metrics['counter']>;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    const help = 'Writes that did not count on a board of the game they belong to';
    this.counted = metrics.counter('contributions_passed_over_total', help, { labels: ['reason'] });
  }

  count(reason: PassedOverReason, playerId: string, key: string): null {
    this.counted.labels(reason).inc();
    this.logger.debug({ reason, key, playerId }, 'a write does not count on a board it belongs to');
    return null;
  }
}
