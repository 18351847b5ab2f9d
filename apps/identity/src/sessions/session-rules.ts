import { createHash } from 'node:crypto';

export const sessionIdleMs = 12 * 3_600_000;
export const sessionLifeMs = 7 * 24 * 3_600_000;
/** `lastUsedAt` is moved at most this often, so that a busy portal does not write at every click. */
export const sessionTouchMs = 60_000;

/** Ends when idle for 12 h and at the latest 7 days after the login (04 §2). */
export function isSessionAlive(session: { lastUsedAt: Date; expiresAt: Date }, nowMs: number): boolean {
  return nowMs < session.expiresAt.getTime() && nowMs - session.lastUsedAt.getTime() < sessionIdleMs;
}

/** Follows from the session's token, so nothing is stored; a page of another origin cannot read the cookie. */
export function csrfTokenOf(sessionToken: string): string {
  return createHash('sha256').update(`csrf:${sessionToken}`).digest('base64url');
}

export const lockoutWithinMs = 15 * 60_000;
export const failuresPerEmailAndIpMax = 5;
export const failuresPerIpMax = 20;

/** Failed logins of the last 15 minutes. */
export interface RecentFailures {
  ofEmailAndIp: { count: number; oldestMs: number };
  ofIp: { count: number; oldestMs: number };
}

/** Seconds until the next try is allowed; 0 = now. */
export function lockedForSeconds(failures: RecentFailures, nowMs: number): number {
  const waits = [
    failures.ofEmailAndIp.count >= failuresPerEmailAndIpMax ? failures.ofEmailAndIp.oldestMs : null,
    failures.ofIp.count >= failuresPerIpMax ? failures.ofIp.oldestMs : null,
  ];
  const untilMs = Math.max(0, ...waits.filter((oldest) => oldest !== null).map((oldest) => oldest + lockoutWithinMs));
  return untilMs <= nowMs ? 0 : Math.ceil((untilMs - nowMs) / 1_000);
}
