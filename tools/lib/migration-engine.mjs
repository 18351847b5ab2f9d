/**
 * Prisma's schema engine as WebAssembly. The native engine is a download from the network and this one is an npm
 * package; both read the same folders and write the same `_prisma_migrations` table.
 */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const GLUE = '@prisma/schema-engine-wasm/schema_engine_bg';

/** @typedef {import('@prisma/schema-engine-wasm').SchemaEngine} SchemaEngine */
/** @typedef {ReturnType<typeof import('./migration-adapter.mjs').sessionAdapter>} SessionAdapter */

/** @type {Promise<typeof import('@prisma/schema-engine-wasm')> | undefined} */
let loading;

/**
 * Runs `work` with an engine on the given sessions. One at a time: the module's panic registry is the process's.
 *
 * @template T
 * @param {{ main: SessionAdapter, shadow?: SessionAdapter, datamodels: [string, string][] }} on
 * @param {(engine: SchemaEngine) => Promise<T>} work
 * @returns {Promise<T>}
 * @throws Error with the engine's sentence, and with PostgreSQL's where the engine only knows a number for it
 */
export async function withEngine({ main, shadow, datamodels }, work) {
  const { SchemaEngine } = await (loading ??= load());
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: main.adapterName,
    connect: async () => main,
    connectToShadowDb: async () => shadow ?? noShadow(),
  });
  try {
    const engine = await SchemaEngine.new({ datamodels }, () => undefined, factory);
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } catch (error) {
    const refusal = main.refusal ?? shadow?.refusal;
    throw refusal === undefined ? readable(error, factory.errorRegistry) : refused(error, refusal);
  }
}

/** Node 20 cannot import a `.wasm` file, so the package's own entry is done by hand. */
async function load() {
  const glue = import.meta.resolve(GLUE);
  const module = await WebAssembly.compile(await readFile(fileURLToPath(glue.replace(/\.js$/, '.wasm'))));
  const bindings = await import(glue);
  const instance = await WebAssembly.instantiate(module, {
    './schema_engine_bg.js': withIdleTimers(bindings),
  });
  bindings.__wbg_set_wasm(instance.exports);
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => process.stderr.write(`${message}\n`) };
  instance.exports.__wbindgen_start();
  return bindings;
}

/** The engine never takes its timers back; one of ten seconds for its own lock would hold up the process's end. */
function withIdleTimers(bindings) {
  const timer = Object.keys(bindings).find((name) => name.startsWith('__wbg_setTimeout'));
  if (timer === undefined) return bindings;
  const started = (/** @type {unknown[]} */ ...words) => {
    const handle = bindings[timer](...words);
    handle.unref?.();
    return handle;
  };
  return { ...bindings, [timer]: started };
}

function noShadow() {
  throw new Error('this use of the schema engine needs a second, empty database');
}

/** What the engine says first, which names the migration if anything does, and what PostgreSQL says. */
function refused(error, refusal) {
  const [first] = String(error?.message).split('\n', 1);
  const named = /^Migration `/.test(first) ? `${first.replaceAll('`', '').trim()}\n` : '';
  return new Error(`${named}${refusal}`, { cause: error });
}

/** The engine ends its messages with places in its own source, and stands a number for errors it does not know. */
function readable(error, registry) {
  const message = String(error?.message ?? error);
  const number = /External error id#(\d+)/.exec(message)?.[1];
  const cause = number === undefined ? undefined : registry.consumeError(Number(number))?.error;
  const sentence = message.replace(/\n\s+0: [\s\S]*$/, '').trim();
  const told = cause === undefined ? sentence : sentence.replace(/External error id#\d+/, String(cause));
  return new Error(told, { cause: cause ?? error });
}
