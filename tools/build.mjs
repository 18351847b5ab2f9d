/**
 * Builds every package: Prisma clients first, then `src` to `dist` through Nx, whose cache answers for packages that
 * did not change. When nothing at all changed since the last build it returns without starting Nx.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lib/build-lock.mjs';
import { treeStamp } from './lib/tree-stamp.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, '.nx/kraty/build-stamp');
const lockFile = join(root, '.nx/kraty/build-lock');
const packages = ['apps', 'libs'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => `${kind}/${name}`));
const places = [
  ...packages.flatMap((folder) => [`${folder}/src`, `${folder}/package.json`]),
  ...['prisma', '.swcrc', 'nx.json', 'package-lock.json', 'tools/compile.mjs', 'tools/lib/generate-prisma.mjs'],
];

const stamp = () => treeStamp(root, places, (name) => name.endsWith('.spec.ts'));

function isFresh() {
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp()) return false;
  return packages.every((folder) => !existsSync(join(root, folder, 'src')) || existsSync(join(root, folder, 'dist')));
}

/**
 * Brings every `dist` up to date.
 * @throws Error with the compiler's output when a package does not compile.
 */
export async function build() {
  if (isFresh()) return;
  await withLock(lockFile, async () => {
    if (isFresh()) return;
    if (existsSync(join(root, 'tools/lib/generate-prisma.mjs'))) {
      const { generatePrismaClients } = await import('./lib/generate-prisma.mjs');
      await generatePrismaClients();
    }
    const built = stamp();
    await compileThroughNx();
    mkdirSync(dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, built);
  });
}

async function compileThroughNx() {
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
  const child = spawn(process.execPath, [nx, 'run-many', '-t', 'build', '--output-style=static'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false', NODE_OPTIONS: '' },
  });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`the build failed (exit code ${code}):\n${Buffer.concat(output)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
