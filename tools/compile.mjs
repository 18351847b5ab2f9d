/**
 * Compiles one package: every source of `src/` becomes a module of `dist/` at the same place, with its source map.
 * Used by the `build` target of Nx: `node tools/compile.mjs apps/economy`.
 */
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { transformFile } from '@swc/core';

const packageFolder = resolve(process.argv[2] ?? '.');
const source = join(packageFolder, 'src');
const target = join(packageFolder, 'dist');
const swcrc = JSON.parse(await readFile(new URL('../.swcrc', import.meta.url), 'utf8'));
delete swcrc.$schema;

/** Types leave nothing behind; specs and what only they use are not shipped. */
const isSource = (path) => path.endsWith('.ts') && !/\.(d|spec|fixture)\.ts$/.test(path);

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(missingIsEmpty);
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function missingIsEmpty(error) {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** A rename is atomic: a process that starts during a build reads the old module or the new one, never half of one. */
async function put(path, text) {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, text);
  await rename(draft, path);
}

async function compile(path) {
  const moduleName = path.replace(/\.ts$/, '.js');
  const sourceFileName = relative(dirname(join(target, moduleName)), join(source, path));
  const { code, map } = await transformFile(join(source, path), { ...swcrc, swcrc: false, sourceFileName });
  const mapName = `${moduleName}.map`;
  await put(join(target, mapName), map);
  await put(join(target, moduleName), `${code}//# sourceMappingURL=${mapName.split('/').pop()}\n`);
  return [moduleName, mapName];
}

async function copy(path) {
  await put(join(target, path), await readFile(join(source, path)));
  return [path];
}

await mkdir(target, { recursive: true });
const sources = await filesBelow(source);
const written = await Promise.all([
  ...sources.filter(isSource).map(compile),
  ...sources.filter((path) => !path.endsWith('.ts')).map(copy),
]);
const kept = new Set(written.flat());
const stale = (await filesBelow(target)).filter((path) => !kept.has(path));
await Promise.all(stale.map((path) => rm(join(target, path))));
