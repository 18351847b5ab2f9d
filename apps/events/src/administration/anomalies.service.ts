import { Injectable } from '@nestjs/common';
import type { Idempotency, Scope } from '@kraty/contracts/common';
import type { Anomaly, ListAnomalies } from '@kraty/contracts/events';
import type { Operator } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail, validationFailed } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import type { Reply } from '@kraty/platform/messaging';
import { OperatorWrites, type Written } from '@kraty/platform/operator-writes';
import { Database } from '@kraty/platform/persistence';
import { AnomaliesStore } from './anomalies.store.js';

export interface AnomalyReview {
  scope: Scope;
  operator: Operator;
  idempotency: Idempotency | null;
  anomalyId: string;
  status: 'dismissed' | 'confirmed';
  note: string | null;
}

/** What validators found, and what operators made of it (04 §8.6). */
@Injectable()
export class Anomalies {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly store: AnomaliesStore,
    private readonly operatorWrites: OperatorWrites,
  ) {}

  async list(asked: ListAnomalies): Promise<{ anomalies: Anomaly[]; nextCursor: string | null }> {
    const { cursor, limit } = asked;
    if (cursor !== null && !isUuid(cursor)) {
      throw validationFailed([{ path: 'query.cursor', code: 'format', message: 'is no cursor of this list' }]);
    }
    const rows = await this.store.page(this.database, asked, limit + 1);
    const anomalies = rows.slice(0, limit);
    return { anomalies, nextCursor: rows.length > limit ? anomalies.at(-1)!.id : null };
  }

  /** A second thought is allowed: the last review counts, and the log has all of them. */
  review(call: AnomalyReview): Promise<Reply<Anomaly>> {
    const { scope, operator, anomalyId, status, note } = call;
    return this.operatorWrites.run<Anomaly>({ ...call, game: scope }, async (tx): Promise<Written> => {
      const before = isUuid(anomalyId) ? await this.store.lock(tx, scope, anomalyId) : null;
      if (before === null) throw fail('not_found', 'there is no such anomaly', { resource: 'anomaly' });
      const by = operator.email;
      const after = await this.store.review(tx, anomalyId, { status, by, at: this.clock.now(), note });
      return {
        answer: after,
        facts: [],
        act: {
          environment: scope.environment,
          action: 'anomaly.review',
          target: { type: 'anomaly', id: anomalyId, label: before.externalPlayerId },
          metadata: { eventKey: before.eventKey, validatorKey: before.validatorKey },
          before: { review: before.review },
          after: { review: after.review },
        },
      };
    });
  }
}
