import { passwordProblem } from './password-rules.js';
import { csrfTokenOf, isSessionAlive, lockedForSeconds, lockoutWithinMs, sessionIdleMs } from './session-rules.js';

const nowMs = Date.UTC(2026, 0, 1);

describe('passwordProblem', () => {
  it.each([
    ['elevenchars', 'length'],
    ['x'.repeat(129), 'length'],
    ['unbelievable', 'format'],
    ['Operator@Example.com', 'format'],
  ])('refuses %s', (password, code) => {
    expect(passwordProblem(password, 'operator@example.com')?.code).toBe(code);
  });

  it('accepts twelve characters', () => expect(passwordProblem('correct-hors', 'a@b.c')).toBeNull());
});

describe('isSessionAlive', () => {
  it.each([
    ['fresh', 0, 1, true],
    ['idle for 12 hours', sessionIdleMs, 1, false],
    ['past its end', 0, 0, false],
  ])('%s', (_, idleMs, leftMs, alive) => {
    const session = { lastUsedAt: new Date(nowMs - idleMs), expiresAt: new Date(nowMs + leftMs) };
    expect(isSessionAlive(session, nowMs)).toBe(alive);
  });
});

describe('lockedForSeconds', () => {
  const none = { count: 0, oldestMs: 0 };

  it.each([
    ['four failures of an email', 4, 4, 0],
    ['five failures of an email', 5, 5, 840],
    ['nineteen failures of an address', 0, 19, 0],
    ['twenty failures of an address', 0, 20, 840],
  ])('%s', (_, ofEmail, ofIp, seconds) => {
    const oldestMs = nowMs - lockoutWithinMs + 840_000;
    const failures = { ofEmailAndIp: { count: ofEmail, oldestMs }, ofIp: { count: ofIp, oldestMs } };
    expect(lockedForSeconds(failures, nowMs)).toBe(seconds);
  });

  it('lets everybody in who never failed', () => {
    expect(lockedForSeconds({ ofEmailAndIp: none, ofIp: none }, nowMs)).toBe(0);
  });
});

describe('csrfTokenOf', () => {
  it('differs from session to session and never is the token', () => {
    expect(csrfTokenOf('a')).not.toBe(csrfTokenOf('b'));
    expect(csrfTokenOf('a')).toBe(csrfTokenOf('a'));
  });
});
