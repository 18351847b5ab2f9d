import type { Environment, Iso } from '../common/index.js';
import { fact, request } from '../messages/index.js';
import type { Operator, RequestOrigin } from './operators.js';

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

/** What another context did for an operator, in its own transaction; identity puts it on record once, under `auditId`. */
export interface OperatorAct extends RequestOrigin {
  /** UUID v7, told to the operator in the reply. */
  auditId: string;
  studioId: string;
  gameId: string;
  environment: Environment | null;
  actor: AuditActor;
  /** `<noun>.<verb>`. */
  action: string;
  target: { type: string; id: string; label: string | null };
  reason: string | null;
  metadata: Record<string, unknown>;
  /** Never hold secrets. */
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  actedAt: Iso;
}

/** Of each context; the aggregate id is the `auditId`. */
export const operatorActedInEvents = fact<OperatorAct>('events', 'operator', 'acted', 'change');
export const operatorActedInLeaderboards = fact<OperatorAct>('leaderboards', 'operator', 'acted', 'change');
export const operatorActedInGrants = fact<OperatorAct>('grants', 'operator', 'acted', 'change');
export const operatorActedInEconomy = fact<OperatorAct>('economy', 'operator', 'acted', 'change');

export const operatorActed = {
  events: operatorActedInEvents,
  leaderboards: operatorActedInLeaderboards,
  grants: operatorActedInGrants,
  economy: operatorActedInEconomy,
} as const;

/** The operator as an act names it, with where the request came from. */
export function actedBy(operator: Operator): Pick<OperatorAct, 'actor' | keyof RequestOrigin> {
  const { memberId, email, tokenId, requestId, ip, userAgent } = operator;
  const actor: AuditActor = { type: 'member', id: memberId, label: email, ...(tokenId === null ? {} : { tokenId }) };
  return { actor, requestId, ip, userAgent };
}
