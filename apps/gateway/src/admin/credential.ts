import type { OperatorCredential, RequestOrigin } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import type { FastifyRequest } from '../http/request-context.js';

const cookieName = 'kraty_session';
const sessionPattern = /^[A-Za-z0-9_-]{43}$/;
const bearerPattern = /^bearer +(at_[A-Za-z0-9_-]{43}) *$/i;
const userAgentCharactersMax = 256;

/**
 * What the caller shows: an access token in `Authorization`, else the session cookie (04 §2).
 *
 * @throws unauthenticated when there is neither, session_invalid for what cannot be one
 */
export function presentedCredential(request: FastifyRequest): OperatorCredential {
  const { authorization } = request.headers;
  if (authorization !== undefined && authorization.trim() !== '') return accessToken(authorization);
  const token = sessionCookie(request.headers.cookie);
  if (token === undefined) throw fail('unauthenticated', 'sign in, or send an access token');
  if (!sessionPattern.test(token)) throw fail('session_invalid', 'sign in again');
  const csrfToken = request.headers['x-csrf-token'];
  return {
    kind: 'session',
    token,
    csrfToken: typeof csrfToken === 'string' ? csrfToken : null,
    unsafe: request.method !== 'GET' && request.method !== 'HEAD',
  };
}

/** Where the request came from, for the audit log and the lockout. */
export function originOf(request: FastifyRequest): RequestOrigin {
  const userAgent = request.headers['user-agent']?.slice(0, userAgentCharactersMax) ?? null;
  return { requestId: request.id, ip: request.ip, userAgent };
}

/** The cookie that carries a session, or that clears it. */
export function sessionCookieText(session: { token: string; expiresAt: string } | null, secure: boolean): string {
  const expires = new Date(session?.expiresAt ?? 0).toUTCString();
  const attributes = ['HttpOnly', ...(secure ? ['Secure'] : []), 'SameSite=Lax', 'Path=/', `Expires=${expires}`];
  return [`${cookieName}=${session?.token ?? ''}`, ...attributes].join('; ');
}

function accessToken(header: string): OperatorCredential {
  const token = bearerPattern.exec(header)?.[1];
  if (token === undefined) throw fail('session_invalid', 'the access token is not valid');
  return { kind: 'access_token', token };
}

function sessionCookie(header: string | undefined): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.split('=', 2);
    if (name!.trim() === cookieName && value) return value.trim();
  }
  return undefined;
}
