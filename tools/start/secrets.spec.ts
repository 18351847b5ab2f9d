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

  const given = { BOOTSTRAP_ADMIN_EMAIL: 'me@here', BOOTSTRAP_ADMIN_PASSWORD: 'correct horse' };

  it('begin with what the environment names', () => {
    expect(completed(undefined, { ...given, KRATY_MASTER_KEY: 'k' }, [])).toMatchObject({
      admin: { email: 'me@here', password: 'correct horse' },
      masterKey: 'k',
    });
  });

  it('are not replaced by the environment once data was made with them', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kraty-secrets-'));
    try {
      const kept = await keepSecrets(directory, {}, []);
      expect((await keepSecrets(directory, given, [])).admin).toEqual({ email: 'me@here', password: 'correct horse' });
      expect(await keepSecrets(directory, {}, [])).toEqual(kept);
      await expect(keepSecrets(directory, { KRATY_MASTER_KEY: 'k' }, [])).rejects.toThrow('KRATY_MASTER_KEY');
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it.each([[{ BOOTSTRAP_ADMIN_EMAIL: 'x' }], [{ BOOTSTRAP_ADMIN_PASSWORD: 'short' }]])(
    'refuse %j before anything is kept',
    (wrong) => expect(() => completed(undefined, wrong, [])).toThrow('BOOTSTRAP_ADMIN_'),
  );

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
