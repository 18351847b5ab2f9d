import { Injectable } from '@nestjs/common';
import { limits, type Idempotency, type Scope } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { OutboxColumns } from '@kraty/platform/facts';
import type { AttemptState } from '../attempts/attempt.js';
import { columnsOfAttempts } from '../attempts/attempt-rows.js';

/** A reply that repeats of its call will get. */
export interface RecordedCall {
  scope: Scope;
  idempotency: Idempotency;
  /** JSON of the reply's body. */
  text: string;
}

export interface ProgressWrites {
  attempts: readonly AttemptState[];
  recorded: readonly RecordedCall[];
  outbox: OutboxColumns;
  now: Date;
}

const statusOk = 200;

/**
 * Everything a batch of progress calls changes, in one round trip: the attempts (their rows are locked), the recorded
 * replies (a key that is 24 hours old is free and is taken over) and the outbox rows.
 */
const WRITE_PROGRESS = statement(
  'progress_write',
  `with written as (
     update attempt a
        set status = v.status, completed_at = v.completed_at, metrics_raw = v.metrics_raw::jsonb, score = v.score,
            best_score = v.best_score, best_at = v.best_at, progress_count = v.progress_count,
            last_progress_at = v.last_progress_at, last_occurred_at = v.last_occurred_at
       from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::float8[], $6::float8[], $7::timestamptz[],
                   $8::int[], $9::timestamptz[], $10::timestamptz[])
            as v(id, status, completed_at, metrics_raw, score, best_score, best_at, progress_count, last_progress_at, last_occurred_at)
      where a.id = v.id
   ), recorded as (
     insert into idempotency_record as record (game_id, environment, operation, key, request_hash, status, reply, created_at)
     select v.game_id, v.environment, v.operation, v.key, v.request_hash, ${statusOk}, v.reply, $17
       from unnest($11::uuid[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[])
            as v(game_id, environment, operation, key, request_hash, reply)
     on conflict (game_id, environment, operation, key) do update
        set request_hash = excluded.request_hash, status = excluded.status, reply = excluded.reply, created_at = excluded.created_at
      where record.created_at <= $18
   )
   insert into outbox (id, subject, payload, headers, created_at)
   select v.id, v.subject, v.payload, v.headers::jsonb, now()
     from unnest($19::uuid[], $20::text[], $21::text[], $22::text[]) as v(id, subject, payload, headers)`,
);

/** The one writing statement of the hot path. */
@Injectable()
export class ProgressStore {
  async write(tx: Tx, { attempts, recorded, outbox, now }: ProgressWrites): Promise<void> {
    const a = columnsOfAttempts(attempts);
    await tx.query(WRITE_PROGRESS, [
      a.ids,
      a.statuses,
      a.completedAts,
      a.raws,
      a.scores,
      a.bestScores,
      a.bestAts,
      a.progressCounts,
      a.lastProgressAts,
      a.lastOccurredAts,
      recorded.map(({ scope }) => scope.gameId),
      recorded.map(({ scope }) => scope.environment),
      recorded.map(({ idempotency }) => idempotency.operation),
      recorded.map(({ idempotency }) => idempotency.key),
      recorded.map(({ idempotency }) => idempotency.bodyHash),
      recorded.map(({ text }) => text),
      now,
      new Date(now.getTime() - limits.idempotencyRetentionMs),
      outbox.ids,
      outbox.subjects,
      outbox.payloads,
      outbox.headers,
    ]);
  }
}
