import { Injectable } from '@nestjs/common';
import type { AuditActor, AuditDifference, AuditRow, RequestOrigin } from '@kraty/contracts/identity';
import type { Environment, Iso } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { uuidV7 } from '@kraty/platform/ids';
import type { Tx } from '@kraty/platform/persistence';
import { chainHash, type UnhashedRow } from './audit-chain.js';
import { AuditStore, type Head } from './audit.store.js';
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
  /** When it was done, for what another context did before; else now. */
  createdAt?: Iso;
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
    return (await this.append(tx, head, entry)).id;
  }

  /**
   * Appends those of a studio's entries that are not on record yet; each has its id. The lock of the chain comes
   * before the look, so that of two deliveries of an entry the second one finds it.
   *
   * @returns those that were not
   */
  async recordOnce<E extends AuditEntry & { id: string }>(
    tx: Tx,
    studioId: string,
    entries: readonly E[],
  ): Promise<E[]> {
    let head: Head = await this.rows.lockHead(tx, studioId);
    const recorded = await this.rows.recorded(
      tx,
      entries.map(({ id }) => id),
    );
    const fresh: E[] = [];
    for (const entry of entries) {
      if (recorded.has(entry.id)) continue;
      recorded.add(entry.id);
      head = await this.append(tx, head, entry);
      fresh.push(entry);
    }
    return fresh;
  }

  private async append(tx: Tx, head: Head, entry: AuditEntry): Promise<AuditRow> {
    const unhashed = this.rowAfter(head.seq, entry);
    const row = { ...unhashed, hash: chainHash(head.hash, unhashed) };
    await this.rows.append(tx, row);
    return row;
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
      createdAt: entry.createdAt ?? this.clock.now().toISOString(),
    } satisfies Omit<AuditRow, 'hash'>;
  }
}
