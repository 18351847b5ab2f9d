import { Injectable } from '@nestjs/common';
import { limits } from '@kraty/contracts/common';
import type { OutboxColumns } from '@kraty/platform/facts';
import { run, statement, type Tx } from '@kraty/platform/persistence';
import { rowsOfAnomalies, type Anomaly } from '../anti-cheat/anomaly.js';
import type { AttemptState } from '../attempts/attempt.js';
import { columnsOfAttempts } from '../attempts/attempt-rows.js';
import type { RecordedCall, RecordedKey } from './progress-reply.js';

export interface ProgressWrites {
  attempts: readonly AttemptState[];
  recorded: readonly RecordedCall[];
  anomalies: readonly Anomaly[];
  outbox: OutboxColumns;
  now: Date;
}

const statusOk = 200;

/**
 * Everything a batch of progress calls changes, in one round trip: the attempts (their rows are locked), the recorded
 * replies (a key that is 24 hours old is free and is taken over), what validators found, and the outbox rows.
 */
const WRITE_PROGRESS = statement(
  'progress_write',
  `with written as (
     update attempt a
        set status = v.status, ends_at = v.ends_at, completed_at = v.completed_at,
            metrics_raw = v.metrics_raw::jsonb, score = v.score,
            best_score = v.best_score, best_at = v.best_at, score_at = v.score_at,
            fired_milestones = v.fired_milestones::jsonb, progress_count = v.progress_count,
            last_progress_at = v.last_progress_at, last_occurred_at = v.last_occurred_at
       from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::float8[], $7::float8[],
                   $8::timestamptz[], $9::timestamptz[], $10::text[], $11::int[], $12::timestamptz[], $13::timestamptz[])
            as v(id, status, ends_at, completed_at, metrics_raw, score, best_score, best_at, score_at, fired_milestones,
                 progress_count, last_progress_at, last_occurred_at)
      where a.id = v.id
   ), recorded as (
     insert into idempotency_record as record (game_id, environment, operation, key, request_hash, status, reply, created_at)
     select v.game_id, v.environment, v.operation, v.key, v.request_hash, ${statusOk}, v.reply, $20
       from unnest($14::uuid[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[])
            as v(game_id, environment, operation, key, request_hash, reply)
     on conflict (game_id, environment, operation, key) do update
        set request_hash = excluded.request_hash, status = excluded.status, reply = excluded.reply, created_at = excluded.created_at
      where record.created_at <= $21
   ), suspected as (
     insert into anomaly (id, studio_id, game_id, environment, player_id, external_player_id, attempt_id, event_id,
                          event_key, event_window_id, validator_key, verdict, reason, metric_snapshot, occurred_at)
     select v.*
       from jsonb_to_recordset($22::jsonb)
            as v(id uuid, studio_id uuid, game_id uuid, environment text, player_id uuid, external_player_id text,
                 attempt_id uuid, event_id uuid, event_key text, event_window_id uuid, validator_key text, verdict text,
                 reason text, metric_snapshot jsonb, occurred_at timestamptz)
   )
   insert into outbox (id, subject, payload, headers, created_at)
   select v.id, v.subject, v.payload, v.headers::jsonb, now()
     from unnest($23::uuid[], $24::text[], $25::text[], $26::text[]) as v(id, subject, payload, headers)`,
);

/** Only a record that still holds the text the grants were added to: another replay may have been quicker. */
const REPLACE_REPLIES = statement(
  'progress_replace_replies',
  `update idempotency_record record set reply = v.reply
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
          as v(game_id, environment, operation, key, before, reply)
    where record.game_id = v.game_id and record.environment = v.environment and record.operation = v.operation
      and record.key = v.key and record.reply = v.before`,
);

const RECORDED_REPLY = statement(
  'progress_recorded_reply',
  `select reply from idempotency_record
    where game_id = $1 and environment = $2 and operation = $3 and key = $4 and request_hash = $5`,
);

/** The one writing statement of the hot path, and the replies it records. */
@Injectable()
export class ProgressStore {
  async write(tx: Tx, { attempts, recorded, anomalies, outbox, now }: ProgressWrites): Promise<void> {
    const a = columnsOfAttempts(attempts);
    const r = columnsOfKeys(recorded);
    await run(tx, WRITE_PROGRESS, [
      a.ids,
      a.statuses,
      a.endsAts,
      a.completedAts,
      a.raws,
      a.scores,
      a.bestScores,
      a.bestAts,
      a.scoreAts,
      a.firedMilestones,
      a.progressCounts,
      a.lastProgressAts,
      a.lastOccurredAts,
      r.gameIds,
      r.environments,
      r.operations,
      r.keys,
      recorded.map(({ idempotency }) => idempotency.bodyHash),
      recorded.map(({ reply }) => reply.text),
      now,
      new Date(now.getTime() - limits.idempotencyRetentionMs),
      rowsOfAnomalies(anomalies),
      outbox.ids,
      outbox.subjects,
      outbox.payloads,
      outbox.headers,
    ]);
  }

  /** Replaces recorded texts that gained grants. */
  async replaceReplies(
    database: Tx,
    replies: readonly (RecordedKey & { before: string; text: string })[],
  ): Promise<void> {
    if (replies.length === 0) return;
    const { gameIds, environments, operations, keys } = columnsOfKeys(replies);
    const texts = [replies.map(({ before }) => before), replies.map(({ text }) => text)];
    await database.query(REPLACE_REPLIES, [gameIds, environments, operations, keys, ...texts]);
  }

  /** Null when the record is gone. */
  async recordedReply(database: Tx, { scope, idempotency }: RecordedKey): Promise<string | null> {
    const { operation, key, bodyHash } = idempotency;
    const values = [scope.gameId, scope.environment, operation, key, bodyHash];
    const [row] = await database.query<{ reply: string }>(RECORDED_REPLY, values);
    return row?.reply ?? null;
  }
}

function columnsOfKeys(records: readonly RecordedKey[]) {
  return {
    gameIds: records.map(({ scope }) => scope.gameId),
    environments: records.map(({ scope }) => scope.environment),
    operations: records.map(({ idempotency }) => idempotency.operation),
    keys: records.map(({ idempotency }) => idempotency.key),
  };
}
