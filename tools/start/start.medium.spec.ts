import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { isPortFree, removeDirectory } from '../lib/servers.mjs';

const program = fileURLToPath(new URL('../start.mjs', import.meta.url));
/** The first start builds what is stale. */
const START_WITHIN_MS = 480_000;
/** Below those that servers are given: the API's would be theirs whenever nobody listens there for a moment. */
const PORTS = { from: 10_000, below: 15_000 };
const portTriesMax = 100;

interface KratyFile {
  baseUrl: string;
  admin: { email: string; password: string };
  keys: { clientLive: string; clientTest: string; serverLive: string; serverTest: string };
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

describe('npm start', () => {
  let directory: string;
  let port: number;
  const children: Child[] = [];

  function start(words: string[] = [], variables: Record<string, string> = {}): Child {
    const child = spawn(process.execPath, [program, ...words], {
      env: { ...process.env, NODE_OPTIONS: '', KRATY_DATA_DIRECTORY: directory, PORT: String(port), ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  }

  /** Reads on to the line that says it, and lets the rest flow by. */
  async function says(child: Child, text: string): Promise<void> {
    const errors = collect(child.stderr);
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes(text)) return void child.stdout.resume();
    }
    throw new Error(`it ended without saying "${text}":\n${await errors}`);
  }

  async function stop(child: Child): Promise<number | null> {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    return code;
  }

  /** Ends it at its first word, which comes long before the last. */
  async function stopWhenBusy(child: Child): Promise<void> {
    await once(child.stdout, 'data');
    await stop(child);
  }

  const kratyFile = async () => JSON.parse(await readFile(join(directory, 'kraty.json'), 'utf8')) as KratyFile;

  const ping = async ({ baseUrl }: KratyFile, surface: string, key: string) => {
    const response = await fetch(`${baseUrl}/${surface}/v1/ping`, { headers: { authorization: `Bearer ${key}` } });
    return response.status;
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(process.env.KRATY_TEST_DIRECTORY ?? tmpdir(), 'kraty-start-'));
    await chmod(directory, 0o711);
    port = randomInt(PORTS.from, PORTS.below);
    for (let tries = 1; tries < portTriesMax && !(await isPortFree(port)); tries += 1) {
      port = randomInt(PORTS.from, PORTS.below);
    }
  });

  afterAll(async () => {
    await Promise.all(children.filter((child) => child.exitCode === null && child.signalCode === null).map(stop));
    await removeDirectory(join(directory, 'postgres'));
    await removeDirectory(directory);
  });

  it(
    'brings everything up from nothing, with a game to play, and tells tools where',
    async () => {
      const sut = start();
      await says(sut, 'Kraty is ready');
      const kraty = await kratyFile();
      expect((await stat(join(directory, 'kraty.json'))).mode & 0o777).toBe(0o600);
      expect(kraty).toMatchObject({ baseUrl: `http://localhost:${port}`, portalUrl: null });
      const { clientLive, clientTest } = kraty.keys;
      expect(await Promise.all([ping(kraty, 'sdk', clientLive), ping(kraty, 'sdk', clientTest)])).toEqual([200, 200]);
      const url = `${kraty.baseUrl}/sdk/v1/players/mira/events?status=active`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${clientTest}` } });
      const { data } = (await response.json()) as { data: { eventKey: string }[] };
      expect(data.map(({ eventKey }) => eventKey)).toContain('weekly_regatta');
      expect(await stop(sut)).toBe(0);
    },
    START_WITHIN_MS,
  );

  it(
    'comes up again with its data and keys, also after a kill, and with a process a service',
    async () => {
      const before = await kratyFile();
      const killed = start();
      await says(killed, 'Kraty is ready');
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      const sut = start(['--split']);
      await says(sut, 'Kraty is ready');
      expect(await kratyFile()).toEqual(before);
      expect(await ping(before, 'sdk', before.keys.clientLive)).toBe(200);
      expect(await stop(sut)).toBe(0);
    },
    START_WITHIN_MS,
  );

  it(
    'starts a service again that was killed',
    async () => {
      const sut = start(['--split']);
      await says(sut, 'Kraty is ready');
      const processes = JSON.parse(await readFile(join(directory, 'processes.json'), 'utf8')) as {
        name: string;
        pid: number;
      }[];
      process.kill(processes.find(({ name }) => name === 'gateway')!.pid, 'SIGKILL');
      await says(sut, 'gateway runs again');
      const kraty = await kratyFile();
      expect(await ping(kraty, 'sdk', kraty.keys.clientLive)).toBe(200);
      expect(await stop(sut)).toBe(0);
    },
    START_WITHIN_MS,
  );

  it(
    'says that it was interrupted when it is ended while it comes up, as its exit code does',
    async () => {
      const sut = start();
      const [output] = await Promise.all([collect(sut.stdout), stopWhenBusy(sut)]);
      expect(output).toContain('It was interrupted before everything was up.');
      expect(sut.exitCode).toBe(130);
    },
    START_WITHIN_MS,
  );

  it('says in a sentence that the address is not one of this machine', async () => {
    const sut = start([], { HOST: '192.0.2.1' });
    const [errors, [code]] = await Promise.all([collect(sut.stderr), once(sut, 'exit')]);
    expect(errors).toMatch(/^HOST is "192\.0\.2\.1", which is no address of this machine .*127\.0\.0\.1.*\n$/);
    expect(code).toBe(1);
  });

  it('says in a sentence that the port is taken, and what to do', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const sut = start();
    const [errors, [code]] = await Promise.all([collect(sut.stderr), once(sut, 'exit')]);
    expect(errors).toMatch(/^Port \d+ on 127\.0\.0\.1, wanted for the API, is in use .* with PORT\.\n$/);
    expect(code).toBe(1);
    other.close();
  });
});

async function collect(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
