import type { GameScope, Iso } from '../common/index.js';
import { request } from '../messages/index.js';
import type { GameRole, Permission, StudioRole } from './permissions.js';

/** Where an operator's request came from; kept on audit rows. */
export interface RequestOrigin {
  requestId: string;
  ip: string | null;
  userAgent: string | null;
}

/** A member whose credential has been checked. Every command of `/admin/v1` carries one. */
export interface Operator extends RequestOrigin {
  memberId: string;
  email: string;
  name: string;
  /** Null when an access token was used. */
  sessionId: string | null;
  /** Null when a session was used. */
  tokenId: string | null;
  /** An access token may do no more than this; null = whatever the member may. */
  limitedTo: { permissions: Permission[]; gameIds: string[] } | null;
}

export type OperatorCredential =
  | {
      kind: 'session';
      /** Content of the cookie `kraty_session`. */
      token: string;
      /** `X-CSRF-Token`. */
      csrfToken: string | null;
      /** True for every method but GET and HEAD: then the CSRF token must fit. */
      unsafe: boolean;
    }
  | { kind: 'access_token'; token: string };

export interface AuthenticateOperator extends RequestOrigin {
  credential: OperatorCredential;
  /** True when nobody acts, as while a stream is open: the time for which a session may be idle goes on. */
  idle?: boolean;
}

/** Errors: `session_invalid`, `csrf_invalid`. */
export const authenticateOperator = request<AuthenticateOperator, { operator: Operator }>(
  'identity',
  'authenticate-operator',
);

export interface AuthorizeOperator {
  operator: Operator;
  permission: Permission;
  studioId: string;
  /** Null for what concerns the whole studio. */
  gameId: string | null;
  /** True for what an access token may never do (04 §2). */
  sessionOnly?: boolean;
}

/**
 * For the admin routes of other contexts; identity's own commands check by themselves.
 * Errors: `not_found` (no role there), `forbidden` with `details.required`, `session_required`.
 */
export const authorizeOperator = request<AuthorizeOperator, { game: GameScope | null }>(
  'identity',
  'authorize-operator',
);

export type MemberStatus = 'active' | 'invited' | 'disabled';

export interface Member {
  id: string;
  email: string;
  name: string;
  status: MemberStatus;
  /** In the studio the list was asked for; null without one. */
  studioRole: StudioRole | null;
  gameRoles: { gameId: string; role: GameRole }[];
  totpEnabled: boolean;
  lastLoginAt: Iso | null;
  createdAt: Iso;
}

/** `member.read`. */
export const listMembers = request<{ operator: Operator; studioId: string; status: MemberStatus | null }, Member[]>(
  'identity',
  'list-members',
);
