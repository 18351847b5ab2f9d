import fc from 'fast-check';
import { judgeRegistration, replayWithinMs, type KnownPlayer, type RegistrationCall } from './registration.js';

const nowMs = Date.UTC(2026, 8, 1, 8);
const registered: KnownPlayer = {
  hasSecret: true,
  secretUsed: true,
  secretMintedByKey: 'first',
  secretMintedAtMs: nowMs - 60_000,
  banned: false,
  locked: false,
};
const live: RegistrationCall = { environment: 'live', force: false, idempotencyKey: null, nowMs };
const test: RegistrationCall = { ...live, environment: 'test' };

describe('judgeRegistration', () => {
  it.each([
    ['an unknown player is made', null, live, 'create'],
    ['a player without a secret gets one', { ...registered, hasSecret: false }, live, 'mint'],
    ['a registered player is refused', registered, live, 'already_registered'],
    ['a registered player is refused under a test key, too', registered, test, 'already_registered'],
    ['force is ignored by live keys', registered, { ...live, force: true }, 'already_registered'],
    ['force rotates under test keys', registered, { ...test, force: true }, 'rotate'],
    ['a banned player is refused', { ...registered, banned: true }, { ...test, force: true }, 'banned'],
    ['a banned player without a secret is refused', { ...registered, hasSecret: false, banned: true }, live, 'banned'],
    ['a frozen player has to wait', { ...registered, locked: true }, { ...test, force: true }, 'locked'],
  ] as const)('%s', (_, player, call, verdict) => {
    expect(judgeRegistration(player, call)).toBe(verdict);
  });

  it('answers the repeated call whose reply was lost', () => {
    const unused = { ...registered, secretUsed: false };
    expect(judgeRegistration(unused, { ...live, idempotencyKey: 'first' })).toBe('reissue');
  });

  it.each([
    ['another key', { secretUsed: false }, 'second'],
    ['no key', { secretUsed: false }, null],
    ['a secret that is in use', { secretUsed: true }, 'first'],
    ['a call ten minutes old', { secretUsed: false, secretMintedAtMs: nowMs - replayWithinMs }, 'first'],
  ] as const)('does not take %s for a lost reply', (_, change, idempotencyKey) => {
    expect(judgeRegistration({ ...registered, ...change }, { ...live, idempotencyKey })).toBe('already_registered');
  });

  it('never kills a used secret of a live player, and never gives a banned one a secret', () => {
    const players = fc.record({
      hasSecret: fc.boolean(),
      secretUsed: fc.boolean(),
      secretMintedByKey: fc.option(fc.constantFrom('a', 'b')),
      secretMintedAtMs: fc.option(fc.integer({ min: nowMs - 2 * replayWithinMs, max: nowMs })),
      banned: fc.boolean(),
      locked: fc.boolean(),
    });
    const calls = fc.record({
      environment: fc.constantFrom('live' as const, 'test' as const),
      force: fc.boolean(),
      idempotencyKey: fc.option(fc.constantFrom('a', 'b')),
      nowMs: fc.constant(nowMs),
    });
    fc.assert(
      fc.property(players, calls, (player, call) => {
        const verdict = judgeRegistration(player, call);
        const givesSecret = ['mint', 'reissue', 'rotate'].includes(verdict);
        if (player.banned || player.locked) expect(givesSecret).toBe(false);
        if (call.environment === 'live' && player.hasSecret && player.secretUsed) expect(givesSecret).toBe(false);
        if (!player.hasSecret && !player.banned && !player.locked) expect(verdict).toBe('mint');
      }),
    );
  });
});
