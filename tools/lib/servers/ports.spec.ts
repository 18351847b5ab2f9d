import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assertPortFree, drawnFrom, freePort, problemOf } from './ports.mjs';

const ports = fileURLToPath(new URL('./ports.mjs', import.meta.url));
/** The user without rights of every system; root may open all ports. */
const NOBODY = 65_534;
const LOW_PORT = 81;

describe('a port', () => {
  it('is said to be in use when somebody listens on it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(assertPortFree('the API', port, 'PORT')).rejects.toThrow(/is in use by another program.* with PORT\./);
    other.close();
  });

  it('is said to be forbidden when this user may not open it, which no other program can help', async () => {
    // Handed over as text, for a folder that this user may not read.
    const module = `data:text/javascript,${encodeURIComponent(await readFile(ports, 'utf8'))}`;
    const asked = `import(${JSON.stringify(module)}).then((m) => m.assertPortFree('the API', ${LOW_PORT}, 'PORT'))`;
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY, cwd: '/' } : {};
    const words = ['-e', `${asked}.catch((error) => console.log(error.message))`];
    const { stdout } = await promisify(execFile)(process.execPath, words, { ...user, env: {} });
    expect(stdout).toMatch(
      /^Port 81, wanted for the API, may not be opened by this user: choose a higher port with PORT/,
    );
  });

  it('is given to one of those who ask at once', async () => {
    const ports = await Promise.all(Array.from({ length: 200 }, () => freePort()));
    expect(new Set(ports).size).toBe(200);
  });

  it('is drawn by test files that run side by side from ports of their own', () => {
    const run = { KRATY_TEST_DIRECTORY: '/tmp/kraty-test-aB3' };
    const workers = Array.from({ length: 8 }, (_, index) => ({ ...run, JEST_WORKER_ID: String(index + 1) }));
    const shares = workers.map(drawnFrom).toSorted((one, other) => one.lowest - other.lowest);
    const all = drawnFrom({});
    expect([shares[0]!.lowest, shares[7]!.highest]).toEqual([all.lowest, all.highest]);
    for (const [index, { lowest }] of shares.slice(1).entries()) expect(lowest).toBe(shares[index]!.highest + 1);
  });

  it('can be tried at other addresses', async () => {
    expect(await problemOf(await freePort(), '0.0.0.0')).toBeUndefined();
    expect(await problemOf(0, '192.0.2.1')).toBe('EADDRNOTAVAIL');
  });
});
