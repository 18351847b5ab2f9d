import { Injectable } from '@nestjs/common';
import type { AuditRow, ListAudit, Operator } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import { AccessService } from '../members/access.service.js';
import { chainStart, firstBadRow } from './audit-chain.js';
import { AuditStore, type Head } from './audit.store.js';

const pageMax = 200;
const verifyBatchRows = 500;

interface VerifyAudit {
  operator: Operator;
  studioId: string;
  fromSeq: number | null;
  toSeq: number | null;
}

@Injectable()
export class AuditService {
  constructor(
    private readonly rows: AuditStore,
    private readonly access: AccessService,
  ) {}

  async list({ operator, studioId, gameId, filter, limit, cursor }: ListAudit) {
    await this.access.require(operator, 'audit.read', { studioId, gameId });
    const size = Math.min(limit, pageMax);
    const rows = await this.rows.page({ studioId, gameId }, filter, seqOf(cursor), size + 1);
    const page = rows.slice(0, size);
    return { rows: page, nextCursor: rows.length > size ? cursorOf(page.at(-1)!) : null };
  }

  async read(operator: Operator, studioId: string, auditId: string): Promise<AuditRow> {
    await this.access.require(operator, 'studio.read', { studioId, gameId: null });
    const row = isUuid(auditId) ? await this.rows.find(studioId, auditId) : null;
    if (row === null) throw fail('not_found', 'there is no such audit row', { resource: 'audit_row' });
    // Whoever may read the log of the row's game may read the row.
    await this.access.require(operator, 'audit.read', { studioId, gameId: row.gameId });
    return row;
  }

  /** Recomputes the chain, some hundreds of rows at a time. */
  async verify({
    operator,
    studioId,
    fromSeq,
    toSeq,
  }: VerifyAudit): Promise<{ ok: boolean; firstBadSeq: number | null }> {
    await this.access.require(operator, 'audit.read', { studioId, gameId: null });
    const head = await this.rows.head(studioId);
    const lastSeq = Math.min(toSeq ?? head.seq, head.seq);
    let previous = await this.rowBefore(studioId, fromSeq ?? 1);
    while (previous.seq < lastSeq) {
      const rows = await this.rows.range(studioId, previous.seq, lastSeq, verifyBatchRows);
      // A row that is missing at the end shows as an empty batch.
      const firstBadSeq = rows.length === 0 ? previous.seq + 1 : firstBadRow(rows, previous);
      if (firstBadSeq !== null) return { ok: false, firstBadSeq };
      previous = rows.at(-1)!;
    }
    const headFits = lastSeq < head.seq || previous.hash === head.hash;
    return headFits ? { ok: true, firstBadSeq: null } : { ok: false, firstBadSeq: lastSeq };
  }

  private async rowBefore(studioId: string, fromSeq: number): Promise<Head> {
    if (fromSeq <= 1) return { seq: 0, hash: chainStart };
    const [row] = await this.rows.range(studioId, fromSeq - 2, fromSeq - 1, 1);
    return row ?? { seq: fromSeq - 1, hash: chainStart };
  }
}

function cursorOf(row: AuditRow): string {
  return Buffer.from(String(row.seq)).toString('base64url');
}

function seqOf(cursor: string | null): number | null {
  if (cursor === null) return null;
  const seq = Number(Buffer.from(cursor, 'base64url').toString());
  if (Number.isSafeInteger(seq) && seq > 0) return seq;
  const message = 'is no cursor of this list';
  throw fail('validation_failed', message, { issues: [{ path: 'query.cursor', code: 'format', message }] });
}
