import { Injectable } from '@nestjs/common';
import { limits } from '@kraty/contracts/common';
import { statusBegun } from '@kraty/platform/idempotency';
import { plainArray, run, statement, textArray, type Tx } from '@kraty/platform/persistence';
import type { RecordedKey } from './progress-reply.js';

/** What was answered to an earlier call of a key. */
export interface KnownReply {
  /** Which of the keys that were asked for. */
  at: number;
  bodyHash: string;
  text: string;
}

interface Row extends KnownReply {
  isFree: boolean;
}

const isFree = `(record.created_at <= to_timestamp($5::float8 / 1000) or record.status = ${statusBegun})`;

const KNOWN_REPLIES = statement(
  'progress_known_replies',
  `select asked.at::int - 1 as at, record.request_hash as "bodyHash", record.reply as text, ${isFree} as "isFree"
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) with ordinality
            as asked (game_id, environment, operation, key, at)
     join idempotency_record as record using (game_id, environment, operation, key)`,
);

const DROP_FREE = statement(
  'progress_drop_free_replies',
  `delete from idempotency_record as record
    using unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as asked (game_id, environment, operation, key)
    where record.game_id = asked.game_id and record.environment = asked.environment
      and record.operation = asked.operation and record.key = asked.key and ${isFree}`,
);

/** Replies recorded before a batch. */
@Injectable()
export class KnownRepliesStore {
  /**
   * Under the locks of the attempts, which twins share. A record that is 24 hours old is no reply any more, and leaves so
   * that its key can be recorded anew.
   */
  async known(tx: Tx, keys: readonly RecordedKey[], nowMs: number): Promise<KnownReply[]> {
    if (keys.length === 0) return [];
    const { gameIds, environments, operations, keyTexts } = columnsOfKeys(keys);
    const values = [gameIds, environments, operations, keyTexts, nowMs - limits.idempotencyRetentionMs];
    const rows = await tx.query<Row>(KNOWN_REPLIES, values);
    if (rows.some((row) => row.isFree)) await run(tx, DROP_FREE, values);
    return rows.filter((row) => !row.isFree);
  }
}

export function columnsOfKeys(keys: readonly RecordedKey[]) {
  return {
    gameIds: plainArray(keys.map(({ scope }) => scope.gameId)),
    environments: textArray(keys.map(({ scope }) => scope.environment)),
    operations: textArray(keys.map(({ idempotency }) => idempotency.operation)),
    keyTexts: textArray(keys.map(({ idempotency }) => idempotency.key)),
  };
}
