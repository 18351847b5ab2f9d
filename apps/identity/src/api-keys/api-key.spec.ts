import { mintKey, statusOf } from './api-key.js';

describe('mintKey', () => {
  it.each([
    ['client_sdk', /^p[0-9A-Za-z]{7}\.[0-9A-Za-z_-]{43}$/],
    ['server_integration', /^s[0-9A-Za-z]{7}\.[0-9A-Za-z_-]{43}$/],
  ] as const)('gives %s keys their form', (permissionSet, form) => {
    expect(mintKey(permissionSet).plaintext).toMatch(form);
  });
});

describe('statusOf', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    [{ revokedAt: null, expiresAt: null }, 'active'],
    [{ revokedAt: null, expiresAt: new Date(now + 1) }, 'active'],
    [{ revokedAt: null, expiresAt: new Date(now) }, 'expired'],
    [{ revokedAt: new Date(now), expiresAt: new Date(now + 1) }, 'revoked'],
  ])('%j is %s', (key, status) => expect(statusOf(key, now)).toBe(status));
});
