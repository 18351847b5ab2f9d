import { Injectable } from '@nestjs/common';
import type { AuditActor, AuditDifference, AuditRow, Operator, RequestOrigin } from '@kraty/contracts/identity';
import type { Environment } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { uuidV7 } from '@kraty/platform/ids';
import type { Tx } from '@kraty/platform/persistence';
import { chainHash, type UnhashedRow } from './audit-chain.js';
import { AuditStore } from './audit.store.js';
import { difference } from './difference.js';

type State = Record<string, unknown> | null;

/** One change to be put on record. `before` and `after` never hold secrets, hashes or tokens. */
export interface AuditEntry extends RequestOrigin {
  /** Drawn with the change where a retry must find it again. */
  id?: string;
  studioId: string;
  gameId: string | null;
  environment?: Environment;
  actor: AuditActor;
  /** `<noun>.<verb>`. */
  action: string;
  target: { type: string; id: string; label: string | null };
  reason?: string;
  metadata?: Record<string, unknown>;
  before: State;
  after: State;
  /** Only where it does not follow from the two states. */
  diff?: AuditDifference[];
}

/** Puts changes on record, in the transaction that makes them (04 §11). */
@Injectable()
export class AuditLog {
  constructor(
    private readonly rows: AuditStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Appends to the studio's chain. Call it last, before the outbox: it holds the studio's chain until the commit.
   *
   * @returns the row's id
   */
  async record(tx: Tx, entry: AuditEntry): Promise<string> {
    const head = await this.rows.lockHead(tx, entry.studioId);
    const row = this.rowAfter(head.seq, entry);
    await this.rows.append(tx, { ...row, hash: chainHash(head.hash, row) });
    return row.id;
  }

  private rowAfter(seq: number, entry: AuditEntry): UnhashedRow {
    const reason = entry.reason ?? null;
    return {
      id: entry.id ?? uuidV7(this.clock.nowMs()),
      seq: seq + 1,
      studioId: entry.studioId,
      gameId: entry.gameId,
      environment: entry.environment ?? null,
      actor: entry.actor,
      action: entry.action,
      target: entry.target,
      reason,
      metadata: { ...entry.metadata, ...(reason === null ? {} : { reason }) },
      before: entry.before,
      after: entry.after,
      diff: entry.diff ?? difference(entry.before, entry.after),
      requestId: entry.requestId,
      ip: entry.ip,
      userAgent: entry.userAgent,
      createdAt: this.clock.now().toISOString(),
    } satisfies Omit<AuditRow, 'hash'>;
  }
}

/** The operator as an audit row names it, with where the request came from. */
export function byOperator(operator: Operator): Pick<AuditEntry, 'actor' | keyof RequestOrigin> {
  const { memberId, email, tokenId, requestId, ip, userAgent } = operator;
  const actor: AuditActor = { type: 'member', id: memberId, label: email, ...(tokenId === null ? {} : { tokenId }) };
  return { actor, requestId, ip, userAgent };
}
