import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { Anomaly, AnomalyReviewStatus, ListAnomalies, ValidatorKey } from '@kraty/contracts/events';
import { statement, type Tx } from '@kraty/platform/persistence';

interface AnomalyRow {
  id: string;
  externalPlayerId: string;
  attemptId: string;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  validatorKey: ValidatorKey;
  verdict: 'flag' | 'reject';
  reason: string;
  metricSnapshot: Record<string, number>;
  occurredAt: Date;
  reviewStatus: AnomalyReviewStatus;
  reviewedBy: string | null;
  reviewedAt: Date | null;
  reviewNote: string | null;
}

const columns = `id, external_player_id as "externalPlayerId", attempt_id as "attemptId", event_id as "eventId",
  event_key as "eventKey", event_window_id as "eventWindowId", validator_key as "validatorKey", verdict, reason,
  metric_snapshot as "metricSnapshot", occurred_at as "occurredAt", review_status as "reviewStatus",
  reviewed_by as "reviewedBy", reviewed_at as "reviewedAt", review_note as "reviewNote"`;

const PAGE = statement(
  'anomalies_page',
  `select ${columns} from anomaly
    where game_id = $1 and environment = $2 and ($3::uuid is null or id < $3)
      and ($4::text is null or external_player_id = $4) and ($5::text is null or event_key = $5)
      and ($6::text is null or validator_key = $6) and ($7::text is null or verdict = $7)
      and ($8::boolean is null or (review_status <> 'open') = $8)
      and ($9::timestamptz is null or occurred_at >= $9) and ($10::timestamptz is null or occurred_at < $10)
    order by id desc limit $11`,
);

const LOCK = statement(
  'anomaly_lock',
  `select ${columns} from anomaly where id = $1 and game_id = $2 and environment = $3 for update`,
);

const REVIEW = statement(
  'anomaly_review',
  `update anomaly set review_status = $2, reviewed_by = $3, reviewed_at = $4, review_note = $5 where id = $1
   returning ${columns}`,
);

/** What validators found, for those who judge it (04 §8.6). */
@Injectable()
export class AnomaliesStore {
  /** Newest first. */
  async page(tx: Tx, asked: Omit<ListAnomalies, 'limit'>, limit: number): Promise<Anomaly[]> {
    const { scope, cursor, externalPlayerId, eventKey, validatorKey, verdict, reviewed, from, to } = asked;
    const filters = [externalPlayerId, eventKey, validatorKey, verdict, reviewed, from, to];
    const rows = await tx.query<AnomalyRow>(PAGE, [scope.gameId, scope.environment, cursor, ...filters, limit]);
    return rows.map(anomalyOf);
  }

  async lock(tx: Tx, { gameId, environment }: Scope, anomalyId: string): Promise<Anomaly | null> {
    const [row] = await tx.query<AnomalyRow>(LOCK, [anomalyId, gameId, environment]);
    return row === undefined ? null : anomalyOf(row);
  }

  async review(
    tx: Tx,
    anomalyId: string,
    { status, by, at, note }: { status: AnomalyReviewStatus; by: string; at: Date; note: string | null },
  ): Promise<Anomaly> {
    const [row] = await tx.query<AnomalyRow>(REVIEW, [anomalyId, status, by, at, note]);
    return anomalyOf(row!);
  }
}

function anomalyOf({ occurredAt, reviewStatus, reviewedBy, reviewedAt, reviewNote, ...row }: AnomalyRow): Anomaly {
  const at = reviewedAt === null ? null : reviewedAt.toISOString();
  const review = { status: reviewStatus, by: reviewedBy, at, note: reviewNote };
  return { ...row, occurredAt: occurredAt.toISOString(), review };
}
