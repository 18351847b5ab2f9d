import { Injectable } from '@nestjs/common';
import type { OutboxColumns } from '@kraty/platform/facts';
import { joinedJson, plainArray, run, splitJson, statement, textArray, type Tx } from '@kraty/platform/persistence';
import { rowsOfAnomalies, type Anomaly } from '../anti-cheat/anomaly.js';
import type { AttemptState } from '../attempts/attempt.js';
import { columnsOfAttempts } from '../attempts/attempt-rows.store.js';
import { columnsOfKeys } from './known-replies.store.js';
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
 * replies, what validators found, and the outbox rows. A key belongs to a path (01 §6), and that path names the attempt: under
 * its lock nobody records the key after the batch has looked for it, and should somebody all the same, the batch looks
 * again. `on conflict` would cost each row a second look into the index and a record more in the log, 8 % of what the
 * database takes for a call.
 */
const WRITE_PROGRESS = statement(
  'progress_write',
  `with written as (
     update attempt a
        set status = v.status, ends_at = to_timestamp(v.ends_at / 1000),
            completed_at = to_timestamp(v.completed_at / 1000), metrics_raw = v.metrics_raw::jsonb, score = v.score,
            best_score = v.best_score, best_at = to_timestamp(v.best_at / 1000),
            score_at = to_timestamp(v.score_at / 1000), fired_milestones = v.fired_milestones::jsonb,
            progress_count = v.progress_count, last_progress_at = to_timestamp(v.last_progress_at / 1000),
            last_occurred_at = to_timestamp(v.last_occurred_at / 1000)
       from unnest($1::uuid[], $2::text[], $3::float8[], $4::float8[], ${splitJson('$5')}, $6::float8[], $7::float8[],
                   $8::float8[], $9::float8[], ${splitJson('$10')}, $11::int[], $12::float8[], $13::float8[])
            as v(id, status, ends_at, completed_at, metrics_raw, score, best_score, best_at, score_at, fired_milestones,
                 progress_count, last_progress_at, last_occurred_at)
      where a.id = v.id
   ), recorded as (
     insert into idempotency_record as record (game_id, environment, operation, key, request_hash, status, reply, created_at)
     select v.game_id, v.environment, v.operation, v.key, v.request_hash, ${statusOk}, v.reply, $20::timestamptz
       from unnest($14::uuid[], $15::text[], $16::text[], $17::text[], $18::text[], ${splitJson('$19')})
            as v(game_id, environment, operation, key, request_hash, reply)
   ), suspected as (
     insert into anomaly (id, studio_id, game_id, environment, player_id, external_player_id, attempt_id, event_id,
                          event_key, event_window_id, validator_key, verdict, reason, metric_snapshot, occurred_at)
     select v.*
       from jsonb_to_recordset($21::jsonb)
            as v(id uuid, studio_id uuid, game_id uuid, environment text, player_id uuid, external_player_id text,
                 attempt_id uuid, event_id uuid, event_key text, event_window_id uuid, validator_key text, verdict text,
                 reason text, metric_snapshot jsonb, occurred_at timestamptz)
   )
   insert into outbox (id, subject, payload, headers, created_at)
   select v.id, v.subject, v.payload, v.headers::jsonb, now()
     from unnest($22::uuid[], $23::text[], ${splitJson('$24')}, ${splitJson('$25')}) as v(id, subject, payload, headers)`,
);

/** Only a record that still holds the text the grants were added to: another replay may have been quicker. */
const REPLACE_REPLIES = statement(
  'progress_replace_replies',
  `update idempotency_record record set reply = v.reply
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], ${splitJson('$5')}, ${splitJson('$6')})
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
      r.keyTexts,
      textArray(recorded.map(({ idempotency }) => idempotency.bodyHash)),
      joinedJson(recorded.map(({ reply }) => reply.text)),
      now,
      rowsOfAnomalies(anomalies),
      plainArray(outbox.ids),
      textArray(outbox.subjects),
      joinedJson(outbox.payloads),
      joinedJson(outbox.headers),
    ]);
  }

  /** Replaces recorded texts that gained grants. */
  async replaceReplies(
    database: Tx,
    replies: readonly (RecordedKey & { before: string; text: string })[],
  ): Promise<void> {
    if (replies.length === 0) return;
    const { gameIds, environments, operations, keyTexts } = columnsOfKeys(replies);
    const texts = [joinedJson(replies.map(({ before }) => before)), joinedJson(replies.map(({ text }) => text))];
    await database.query(REPLACE_REPLIES, [gameIds, environments, operations, keyTexts, ...texts]);
  }

  /** Null when the record is gone. */
  async recordedReply(database: Tx, { scope, idempotency }: RecordedKey): Promise<string | null> {
    const { operation, key, bodyHash } = idempotency;
    const values = [scope.gameId, scope.environment, operation, key, bodyHash];
    const [row] = await database.query<{ reply: string }>(RECORDED_REPLY, values);
    return row?.reply ?? null;
  }
}
