import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../../../../tools/lib/build-lock.mjs';
import {
  isSameProcess,
  processMark,
  startPostgres,
  throwawayFolder,
  THROWAWAY_SETTINGS,
} from '../../../../tools/lib/servers.mjs';

const RUN_POSTGRES_VARIABLE = 'KRATY_TEST_POSTGRES_URL';
const root = fileURLToPath(new URL('../../../..', import.meta.url));

interface SharedPostgres {
  pid: number;
  mark: string;
  url: string;
}

/**
 * The superuser's URL of the PostgreSQL that all test files of a run share: the one that `npm test` started, or, under a
 * bare `npx jest file`, one that the first asker starts and that stays for the next runs.
 */
export async function runPostgresUrl(): Promise<string> {
  const given = process.env[RUN_POSTGRES_VARIABLE];
  if (given !== undefined && given !== '') return given;
  const directory = sharedDirectory();
  return living(directory)?.url ?? withLock(join(directory, 'lock'), () => findOrStart(directory));
}

async function findOrStart(directory: string): Promise<string> {
  const found = living(directory);
  if (found !== undefined) return found.url;
  const dataDirectory = join(directory, 'postgres');
  const { pid, url } = await startPostgres({ dataDirectory, settings: THROWAWAY_SETTINGS, outliveParent: true });
  const shared: SharedPostgres = { pid, mark: processMark(pid) ?? '', url };
  writeFileSync(noteIn(directory), JSON.stringify(shared), { mode: 0o600 });
  return url;
}

function living(directory: string): SharedPostgres | undefined {
  try {
    const shared = JSON.parse(readFileSync(noteIn(directory), 'utf8')) as SharedPostgres;
    return isSameProcess(shared.pid, shared.mark) ? shared : undefined;
  } catch {
    // No note yet, or one that a crash cut short: a server is started, which first ends what ran on the data.
    return undefined;
  }
}

function noteIn(directory: string): string {
  return join(directory, 'postgres.json');
}

/** Of this checkout and this user; nobody else can start the server again, or read its password. */
function sharedDirectory(): string {
  const checkout = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const directory = join(throwawayFolder(), `kraty-test-${userInfo().uid}-${checkout}`);
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  return directory;
}
