import { limits, type Idempotency, type Scope } from '@kraty/contracts/common';
import type { Clock } from '../clock/index.js';
import { busy, fail } from '../errors/index.js';
import { statement, type Tx } from '../persistence/index.js';

/** The reply that repeats of a call get. */
export interface RecordedReply {
  status: number;
  /** JSON of the reply's body, verbatim. */
  reply: string;
}

interface Row extends RecordedReply {
  requestHash: string;
}

/** A call that has begun and not been recorded. Only its own transaction sees it, unless it commits without a reply. */
export const statusBegun = 0;
/** "Come back later" is no result: the same key may be tried again (01 §6.5). */
const statusNotYet = 202;
const claimKey = statement(
  'idempotency-claim',
  `insert into idempotency_record as record (game_id, environment, operation, key, request_hash, status, reply, created_at)
   values ($1, $2, $3, $4, $5, ${statusBegun}, '', $6)
   on conflict (game_id, environment, operation, key) do update
      set request_hash = excluded.request_hash, status = ${statusBegun}, reply = '', created_at = excluded.created_at
    where record.created_at <= $7 or record.status = ${statusBegun}
   returning key`,
);
const selectKey = statement(
  'idempotency-select',
  `select request_hash as "requestHash", status, reply from idempotency_record
    where game_id = $1 and environment = $2 and operation = $3 and key = $4
      and created_at > $5 and status <> ${statusBegun}`,
);
const recordReply = statement(
  'idempotency-record',
  `update idempotency_record set status = $5, reply = $6, created_at = $7
    where game_id = $1 and environment = $2 and operation = $3 and key = $4`,
);
const completeReply = statement(
  'idempotency-complete',
  `update idempotency_record set reply = $6
    where game_id = $1 and environment = $2 and operation = $3 and key = $4 and reply = $5
   returning reply`,
);
const releaseKey = statement(
  'idempotency-release',
  `delete from idempotency_record
    where game_id = $1 and environment = $2 and operation = $3 and key = $4 and status = ${statusBegun}`,
);
/** Asked twice: a key that is used anew between the look and the deletion keeps its new record. */
const purgeOld = statement(
  'idempotency-purge',
  `delete from idempotency_record
    where created_at <= $1 and ctid in (select ctid from idempotency_record where created_at <= $1 limit $2)
   returning key`,
);

/** Recorded replies of calls with an idempotency key, written in the transaction of their effect (01 §6). */
export class IdempotencyStore {
  constructor(private readonly clock: Clock) {}

  /**
   * Claims the key for this transaction. A twin that is under way is waited for; its recorded reply is returned.
   * Null = the call has no key, or is the first: go on, and `record` the reply before the transaction ends. When the
   * transaction fails the claim goes with it, so errors are never recorded.
   *
   * @throws idempotency_conflict when the key was used with another body; 503 busy when the twin takes over 10 s
   */
  async begin(tx: Tx, scope: Scope, idempotency: Idempotency | null): Promise<RecordedReply | null> {
    if (!idempotency) return null;
    const { operation, key, bodyHash } = idempotency;
    const now = this.clock.now();
    const values = [scope.gameId, scope.environment, operation, key, bodyHash, now, this.freeBefore()];
    if ((await tx.query(claimKey, values)).length > 0) return null;
    const known = await this.lookup(tx, scope, idempotency);
    if (known) return known;
    // It became free between the two statements: at the edge of 24 hours, so the caller simply tries again.
    throw busy();
  }

  /** Keeps the reply for 24 hours. What 01 §6.5 leaves unrecorded gives the key back instead: errors and 202. */
  async record(tx: Tx, scope: Scope, idempotency: Idempotency | null, reply: RecordedReply): Promise<void> {
    if (!idempotency) return;
    const row = [scope.gameId, scope.environment, idempotency.operation, idempotency.key];
    if (!isKept(reply.status)) return void (await tx.query(releaseKey, row));
    await tx.query(recordReply, [...row, reply.status, reply.reply, this.clock.now()]);
  }

  /**
   * Completes a reply that was recorded before all of it was known. Only the first completion counts: the others, of twins
   * and repeats, are given that one.
   */
  async complete(
    tx: Tx,
    scope: Scope,
    idempotency: Idempotency | null,
    { recorded, whole }: { recorded: string; whole: string },
  ): Promise<string> {
    if (!idempotency) return whole;
    const row = [scope.gameId, scope.environment, idempotency.operation, idempotency.key];
    if ((await tx.query(completeReply, [...row, recorded, whole])).length > 0) return whole;
    const known = await this.lookup(tx, scope, idempotency);
    return known?.reply ?? whole;
  }

  /**
   * The recorded reply of a call, or null; for those who look before they do anything.
   *
   * @throws idempotency_conflict when the key was used with another body
   */
  async lookup(tx: Tx, scope: Scope, idempotency: Idempotency): Promise<RecordedReply | null> {
    const { operation, key, bodyHash } = idempotency;
    const values = [scope.gameId, scope.environment, operation, key, this.freeBefore()];
    const [known] = await tx.query<Row>(selectKey, values);
    if (!known) return null;
    if (known.requestHash !== bodyHash) throw conflictOf(idempotency);
    return { status: known.status, reply: known.reply };
  }

  /** Removes at most `rowsMax` records older than 24 hours; returns how many. */
  async purge(tx: Tx, rowsMax: number): Promise<number> {
    return (await tx.query(purgeOld, [this.freeBefore(), rowsMax])).length;
  }

  private freeBefore(): Date {
    return new Date(this.clock.nowMs() - limits.idempotencyRetentionMs);
  }
}

function isKept(status: number): boolean {
  return status >= 200 && status < 300 && status !== statusNotYet;
}

function conflictOf({ key }: Idempotency) {
  return fail('idempotency_conflict', 'This idempotency key was used with another body.', { idempotencyKey: key });
}
