import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import {
  firstWords,
  freePort,
  isPortFree,
  processMark,
  removeDirectory,
  startNats,
  startPostgres,
  startRedis,
  stopServers,
  throwawayFolder,
  THROWAWAY_SETTINGS,
} from './servers.mjs';
import type { RunningServer } from './servers.mjs';

const serversModule = fileURLToPath(new URL('./servers.mjs', import.meta.url));
const settings = THROWAWAY_SETTINGS;
/** Longer than a busy machine stalls. Milliseconds. */
const answeredWithinMs = 30_000;

/** As in earnest, but with shared memory that goes with the folder. */
const durable = { dynamic_shared_memory_type: 'mmap' };

let directory: string;
const started: RunningServer[] = [];

/** Stopped after the test, whatever becomes of it. */
async function running<T extends RunningServer>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  started.push(server);
  return server;
}

beforeEach(async () => {
  directory = await mkdtemp(join(process.env.KRATY_TEST_DIRECTORY ?? throwawayFolder(), 'kraty-servers-'));
  await chmod(directory, 0o711);
});

afterEach(async () => {
  await stopServers(started.splice(0));
  await removeDirectory(directory);
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function ask({ port }: RunningServer, say: string): Promise<string> {
  return firstWords(port, say, answeredWithinMs);
}

async function occupied(): Promise<{ listener: Server; port: number }> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { listener, port: (listener.address() as AddressInfo).port };
}

describe('PostgreSQL', () => {
  const start = (options = {}) =>
    running(startPostgres({ dataDirectory: join(directory, 'postgres'), settings, ...options }));

  it('keeps its data and its password through a stop and a start', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 7 as seven');
    await first.stop();
    await expect(isPortFree(first.port)).resolves.toBe(true);

    const second = await start({ port: first.port });

    expect(second.url).toBe(first.url);
    await expect(query(second.url, 'select seven from kept')).resolves.toEqual([{ seven: 7 }]);
  });

  it('comes back after kill -9 with everything that was committed', async () => {
    const first = await start({ settings: durable });
    await query(first.url, 'create table kept as select 7 as seven');
    await first.kill();
    await expect(first.exited).resolves.toBe('signal SIGKILL');

    const second = await start({ settings: durable });

    await expect(query(second.url, 'select seven from kept')).resolves.toEqual([{ seven: 7 }]);
  });

  it('is not kept from starting by a lock file whose number belongs to another process by now', async () => {
    const first = await start();
    await first.stop();
    const lockFile = join(first.dataDirectory, 'cluster', 'postmaster.pid');
    await writeFile(lockFile, `${process.pid}\n${first.dataDirectory}\n0\n${first.port}\n\n127.0.0.1\n\nready\n`);

    const second = await start();

    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(processMark(process.pid)).toBeDefined();
  });

  it('is used by one parent at a time', async () => {
    await start();

    await expect(start()).rejects.toThrow(/already runs on .*started by process \d+: stop that one first/);
  });

  it('listens on the loopback interface, asks for a password, and commits durably unless told otherwise', async () => {
    const { url } = await start({ settings: durable });

    const names = ['listen_addresses', 'fsync', 'synchronous_commit', 'jit', 'max_connections'];
    const rows = await query(
      url,
      `select name, setting from pg_settings where name in ('${names.join("','")}') order by 1`,
    );
    expect(Object.fromEntries(rows.map((row) => Object.values(row as object)))).toEqual({
      fsync: 'on',
      jit: 'off',
      listen_addresses: '127.0.0.1',
      max_connections: '200',
      synchronous_commit: 'on',
    });
    await expect(query(url.replace(/:[^:@]+@/, ':guess@'), 'select 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });
});

describe('Redis', () => {
  const start = (options = {}) => running(startRedis({ dataDirectory: join(directory, 'redis'), ...options }));

  it('forgets everything at a restart unless it is persistent', async () => {
    const first = await start();
    await ask(first, 'SET key value\r\n');
    await first.stop();

    const second = await start();

    await expect(ask(second, 'GET key\r\n')).resolves.toBe('$-1\r\n');
  });

  it('keeps what it was told when it is persistent', async () => {
    const first = await start({ persistent: true });
    await ask(first, 'SET key value\r\n');
    await first.stop();

    const second = await start({ persistent: true });

    await expect(ask(second, 'GET key\r\n')).resolves.toBe('$5\r\nvalue\r\n');
  });
});

describe('NATS', () => {
  it('offers JetStream, and comes back on its port after kill -9', async () => {
    const dataDirectory = join(directory, 'nats');
    const first = await running(startNats({ dataDirectory }));
    await expect(ask(first, '')).resolves.toContain('"jetstream":true');
    await first.kill();

    const second = await running(startNats({ dataDirectory, port: first.port }));

    expect(second.url).toBe(first.url);
    await expect(ask(second, '')).resolves.toMatch(/^INFO/);
  });
});

describe('every server', () => {
  const starts = { PostgreSQL: startPostgres, Redis: startRedis, NATS: startNats };

  it.each(Object.entries(starts))('%s says what to do when its port is taken', async (name, start) => {
    const { listener, port } = await occupied();
    try {
      const starting = start({ dataDirectory: join(directory, 'any'), port, portSetting: 'SOME_PORT' });

      await expect(running(starting)).rejects.toThrow(
        `Port ${port} on 127.0.0.1, wanted for ${name}, is in use by another program: ` +
          'stop that program, or choose another port with SOME_PORT.',
      );
    } finally {
      listener.close();
    }
  });

  it('is ended by the next start when its parent was killed and could not end it', async () => {
    const dataDirectory = join(directory, 'redis');
    const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript(dataDirectory)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const left = JSON.parse(line.toString()) as { pid: number; port: number };
    parent.kill('SIGKILL');
    await once(parent, 'exit');

    await running(startRedis({ dataDirectory, port: left.port }));

    expect(processMark(left.pid)).toBeUndefined();
  });

  it('leaves a process alone that merely bears the number of a server that is gone', async () => {
    const dataDirectory = join(directory, 'redis');
    await mkdir(dataDirectory);
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const record = { name: 'Redis', pid: stranger.pid, mark: 'another time', ownerPid: 1, ownerMark: randomUUID() };
    await writeFile(join(dataDirectory, 'server.json'), JSON.stringify(record));

    await running(startRedis({ dataDirectory }));

    expect(processMark(stranger.pid ?? 0)).toBeDefined();
    stranger.kill('SIGKILL');
  });

  it('gets a free port below those that systems give to outgoing connections', async () => {
    const port = await freePort();

    expect(port).toBeLessThan(32_000);
    await expect(isPortFree(port)).resolves.toBe(true);
  });

  it('writes a log of its own', async () => {
    const redis = await running(startRedis({ dataDirectory: join(directory, 'redis') }));

    await expect(readFile(redis.logFile, 'utf8')).resolves.toContain('Ready to accept connections');
  });
});

/** Starts a Redis that outlives it, and waits to be killed. */
function parentScript(dataDirectory: string): string {
  return `
    const { startRedis } = await import(${JSON.stringify(serversModule)});
    const { pid, port } = await startRedis({ dataDirectory: ${JSON.stringify(dataDirectory)}, outliveParent: true });
    console.log(JSON.stringify({ pid, port }));
    setInterval(() => {}, 1000);
  `;
}
