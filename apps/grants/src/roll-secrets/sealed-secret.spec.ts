import { randomBytes } from 'node:crypto';
import { openSecret, sealSecret } from './sealed-secret.js';

describe('a sealed secret', () => {
  const masterKey = randomBytes(32);
  const secret = randomBytes(32);

  it('opens to what was sealed, and never looks the same', () => {
    const sealed = sealSecret(secret, masterKey, 'game-1');
    expect(openSecret(sealed, masterKey, 'game-1').equals(secret)).toBe(true);
    expect(sealed.equals(sealSecret(secret, masterKey, 'game-1'))).toBe(false);
    expect(sealed.includes(secret)).toBe(false);
  });

  it('stays shut for another key, another place, or after a change of one bit', () => {
    const sealed = sealSecret(secret, masterKey, 'game-1');
    const changed = Buffer.from(sealed);
    changed[changed.length - 1]! ^= 1;
    expect(() => openSecret(sealed, randomBytes(32), 'game-1')).toThrow();
    expect(() => openSecret(sealed, masterKey, 'game-2')).toThrow();
    expect(() => openSecret(changed, masterKey, 'game-1')).toThrow();
  });
});
