/**
 * Writes every committed file that is made from others; `--check` writes nothing and fails when one would change.
 * A generator is a file in `tools/generate/` with a `name` and `produce()`, which resolves to the texts by path.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import prettier from 'prettier';
import 'reflect-metadata';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'tools/generate');

const USAGE = `Every committed file that is made from others.

  npm run generate              writes those that would change, and names them
  npm run generate -- --check   writes nothing; names them, and exit code 1 when there is one
  npm run generate -- --help    say this
`;

/** What a generator is. `owns` names folders that hold nothing else, where files it no longer makes are stale. */
async function generators() {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.mjs')).sort();
  return Promise.all(files.map(async (file) => ({ owns: [], ...(await import(join(folder, file))) })));
}

/** Generated files obey the formatter as all others do, so that the format check never argues with this one. */
async function formatted(path, text) {
  const { ignored, inferredParser } = await prettier.getFileInfo(join(root, path), {
    ignorePath: join(root, '.prettierignore'),
  });
  if (ignored || !inferredParser) return text;
  return prettier.format(text, { ...(await prettier.resolveConfig(join(root, path))), filepath: path });
}

const textOf = (path) => readFile(join(root, path), 'utf8').catch(missing);

function missing(error) {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

async function filesIn(place) {
  const entries = await readdir(join(root, place), { recursive: true, withFileTypes: true }).catch(missing);
  return (entries ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

/** The paths that differ from what the generator makes now; `text` is undefined for a file that must go. */
async function differences(generator) {
  const made = await generator.produce(root);
  const changes = [];
  for (const [path, raw] of made) {
    const text = await formatted(path, raw);
    if ((await textOf(path)) !== text) changes.push({ path, text });
  }
  const owned = (await Promise.all(generator.owns.map(filesIn))).flat();
  const stale = owned.filter((path) => !made.has(path)).map((path) => ({ path, text: undefined }));
  return [...changes, ...stale];
}

async function apply({ path, text }) {
  if (text === undefined) return rm(join(root, path));
  await mkdir(dirname(join(root, path)), { recursive: true });
  return writeFile(join(root, path), text);
}

/** Resolves to the number of files that changed, or would have. */
export async function generate({ check }) {
  await build();
  let count = 0;
  for (const generator of await generators()) {
    const changes = await differences(generator);
    for (const change of changes) {
      process.stdout.write(`${generator.name}: ${change.path} ${check ? 'is stale' : 'written'}\n`);
      if (!check) await apply(change);
    }
    count += changes.length;
  }
  return count;
}

function parseOptions() {
  const options = /** @type {const} */ ({
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const [reason] = error.message.split(/\. |\n/, 1);
    throw new Error(`${reason}. What can be asked for: npm run generate -- --help`, { cause: error });
  }
}

async function main() {
  const { check, help } = parseOptions();
  if (help) return void process.stdout.write(USAGE);
  const count = await generate({ check });
  if (count === 0) process.stdout.write('Every generated file is fresh.\n');
  if (check && count > 0) {
    process.stderr.write('Generated files are stale: run `npm run generate` and commit what it writes.\n');
    process.exitCode = 1;
  }
}

await main().catch((error) => {
  const isWrongWord = String(error.cause?.code).startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${isWrongWord ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
