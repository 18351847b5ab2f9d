import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { World } from '@kraty/testing/world';
import { parse } from 'yaml';

/** The demo of `npm run demo`, as a process of its own, on the game that `npm start` puts in. */
const root = fileURLToPath(new URL('..', import.meta.url));
const players = 20;
const seconds = 4;
const withinMs = 150_000;

let world: World;
let directory: string;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy']);
  const game = parse(await readFile(join(root, 'tools/demo-game.yaml'), 'utf8')) as Record<string, unknown>;
  await world.configure({ ...game, game: { slug: 'game' } });
  directory = await mkdtemp(join(tmpdir(), 'kraty-demo-'));
});

afterAll(async () => {
  await world?.stop();
  if (directory) await rm(directory, { recursive: true });
});

async function writeConnection(keys: { clientLive: string; clientTest: string }): Promise<string> {
  const file = join(directory, 'kraty.json');
  await writeFile(file, JSON.stringify({ baseUrl: world.url, gameId: world.scope.gameId, keys }));
  const databases = { economy: world.ground.databaseUrl('economy') };
  await writeFile(join(directory, 'databases.json'), JSON.stringify(databases));
  return file;
}

/** Without what jest needs of Node, which a user's terminal does not have. */
function demo(connection: string): Promise<{ status: number; output: string }> {
  const words = ['tools/demo.mjs', '--connection', connection, '--players', `${players}`, '--seconds', `${seconds}`];
  const options = { cwd: root, timeout: withinMs, env: { PATH: process.env['PATH'] } };
  return new Promise((resolve) => {
    execFile(process.execPath, words, options, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

describe('npm run demo', () => {
  it('plays, compares what the players were told with what is stored, and finds that all answers hold', async () => {
    const { status, output } = await demo(await writeConnection(world.keys));
    expect(output.trimEnd().split('\n').at(-1)).toBe('all answers hold');
    expect(status).toBe(0);
    expect(output).toContain(`${players} players for ${seconds} s`);
    expect(output).toContain('Payouts by event');
    expect(output).toContain('every operation is in the ledger once');
  }, 180_000);

  it('says in a sentence what is wrong with the connection', async () => {
    const { status, output } = await demo(await writeConnection({ clientLive: 'x', clientTest: 'no.key' }));
    expect(status).toBe(1);
    expect(output).toMatch(/does not know the client key: 401/);
  }, 180_000);
});
