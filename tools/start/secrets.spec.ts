import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completed, keepSecrets } from './secrets.mjs';

describe('the secrets of an installation', () => {
  it('are drawn where nothing is kept', () => {
    const sut = completed(undefined, {}, ['economy']);
    expect(sut.admin.password.length).toBeGreaterThanOrEqual(12);
    expect(Buffer.from(sut.masterKey, 'base64')).toHaveLength(32);
    expect(sut.databasePasswords['economy']?.length).toBeGreaterThanOrEqual(32);
    expect(completed(undefined, {}, ['economy'])).not.toEqual(sut);
  });

  it('stay, and a new service gets its own', () => {
    const kept = completed(undefined, {}, ['economy']);
    const sut = completed(kept, {}, ['economy', 'webhooks']);
    expect(sut).toMatchObject(kept);
    expect(sut.databasePasswords['webhooks']).toBeDefined();
  });

  it('are those of the environment where it names some', () => {
    const kept = completed(undefined, {}, []);
    const given = {
      BOOTSTRAP_ADMIN_EMAIL: 'me@here',
      BOOTSTRAP_ADMIN_PASSWORD: 'correct horse',
      KRATY_MASTER_KEY: 'k',
    };
    expect(completed(kept, given, [])).toMatchObject({
      admin: { email: 'me@here', password: 'correct horse' },
      masterKey: 'k',
    });
  });

  it('are read by their owner alone', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kraty-secrets-'));
    try {
      const first = await keepSecrets(directory, {}, ['economy']);
      expect((await stat(join(directory, 'secrets.json'))).mode & 0o777).toBe(0o600);
      expect(await keepSecrets(directory, {}, ['economy'])).toEqual(first);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
