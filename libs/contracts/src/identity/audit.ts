import type { Environment, Iso } from '../common/index.js';
import { request } from '../messages/index.js';
import type { Operator } from './operators.js';

export interface AuditActor {
  type: 'member' | 'api_key' | 'system';
  id: string | null;
  /** Email, `api_key:<prefix>` or `system`. */
  label: string;
  tokenId?: string;
}

/** One changed value; `path` is a JSON pointer. */
export interface AuditDifference {
  path: string;
  before: unknown;
  after: unknown;
}

/** 04 §11. */
export interface AuditRow {
  id: string;
  /** Without gaps, per studio. */
  seq: number;
  studioId: string;
  gameId: string | null;
  environment: Environment | null;
  actor: AuditActor;
  /** `<noun>.<verb>`. */
  action: string;
  target: { type: string; id: string; label: string | null };
  reason: string | null;
  metadata: Record<string, unknown>;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  diff: AuditDifference[];
  requestId: string;
  ip: string | null;
  userAgent: string | null;
  createdAt: Iso;
  /** SHA-256 (hex) of the previous row's hash and this row. */
  hash: string;
}

export interface AuditFilter {
  actor?: string;
  actorType?: AuditActor['type'];
  /** Exact, or a prefix that ends in a dot. */
  action?: string;
  targetType?: string;
  targetId?: string;
  externalPlayerId?: string;
  environment?: Environment;
  from?: Iso;
  to?: Iso;
  /** Text found in the reason. */
  q?: string;
}

export interface ListAudit {
  operator: Operator;
  studioId: string;
  /** Null = the whole studio. */
  gameId: string | null;
  filter: AuditFilter;
  /** 1 … 200. */
  limit: number;
  cursor: string | null;
}

/** `audit.read`; newest first. */
export const listAudit = request<ListAudit, { rows: AuditRow[]; nextCursor: string | null }>('identity', 'list-audit');

/** `audit.read`. Errors: `not_found`. */
export const readAudit = request<{ operator: Operator; studioId: string; auditId: string }, AuditRow>(
  'identity',
  'read-audit',
);

/** `audit.read`. Recomputes the hashes of a range; without bounds of the whole chain. */
export const verifyAudit = request<
  { operator: Operator; studioId: string; fromSeq: number | null; toSeq: number | null },
  { ok: boolean; firstBadSeq: number | null }
>('identity', 'verify-audit');
