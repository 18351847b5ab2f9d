import type { Iso } from '../common/index.js';
import { request } from '../messages/index.js';
import type { Member, Operator, RequestOrigin } from './operators.js';
import type { Permission } from './permissions.js';

/** True while the installation has no member (04 §2). */
export const readBootstrap = request<Record<string, never>, { required: boolean }>('identity', 'read-bootstrap');

export interface Bootstrap extends RequestOrigin {
  /** The one-time token from the log. */
  token: string;
  email: string;
  name: string;
  password: string;
  studioName: string;
}

/** A fresh session. `token` goes into the cookie and nowhere else. */
export interface OpenedSession {
  token: string;
  csrfToken: string;
  expiresAt: Iso;
  member: Member;
}

/** Errors: `not_found` once a member exists, `invalid_credentials`, `validation_failed` (password rules). */
export const bootstrap = request<Bootstrap, OpenedSession>('identity', 'bootstrap');

export interface Login extends RequestOrigin {
  email: string;
  password: string;
  totp: string | null;
}

/** Errors: `invalid_credentials`, `rate_limited` (lockout). */
export const login = request<Login, OpenedSession>('identity', 'login');

export const logout = request<{ operator: Operator }, Record<string, never>>('identity', 'logout');

export interface SessionView {
  member: Member;
  csrfToken: string;
  expiresAt: Iso;
  permissions: { studios: Record<string, Permission[]>; games: Record<string, Permission[]> };
}

/** Errors: `session_invalid`. */
export const readSession = request<{ token: string }, SessionView>('identity', 'read-session');

/** Ends every other session and replaces the caller's. Errors: `invalid_credentials`, `validation_failed`. */
export const changePassword = request<
  { operator: Operator; currentPassword: string; newPassword: string },
  OpenedSession
>('identity', 'change-password');

export interface MemberSession {
  id: string;
  createdAt: Iso;
  lastUsedAt: Iso;
  ip: string | null;
  userAgent: string | null;
  current: boolean;
}

export const listSessions = request<{ operator: Operator }, MemberSession[]>('identity', 'list-sessions');

/** Errors: `not_found`. */
export const endSession = request<{ operator: Operator; sessionId: string }, Record<string, never>>(
  'identity',
  'end-session',
);

export interface AccessToken {
  id: string;
  name: string;
  permissions: Permission[];
  gameIds: string[];
  createdAt: Iso;
  expiresAt: Iso;
  lastUsedAt: Iso | null;
}

export interface CreateAccessToken {
  operator: Operator;
  name: string;
  /** 1 … 365. */
  expiresInDays: number;
  permissions: Permission[];
  gameIds: string[];
}

/** `token` is shown this once. Errors: `validation_failed` for a permission the member does not hold. */
export const createAccessToken = request<CreateAccessToken, AccessToken & { token: string }>(
  'identity',
  'create-access-token',
);

export const listAccessTokens = request<{ operator: Operator }, AccessToken[]>('identity', 'list-access-tokens');

/** Errors: `not_found`. */
export const deleteAccessToken = request<{ operator: Operator; accessTokenId: string }, Record<string, never>>(
  'identity',
  'delete-access-token',
);
