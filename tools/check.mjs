/** `npm run check`: looks at a running system for rows that contradict what must always be true (08 §12). */

import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { checksOf } from './check/checks.mjs';
import { parseOptions, USAGE } from './check/options.mjs';
import { report } from './check/report.mjs';
import { openLink, readAddresses } from './facts/addresses.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const EXIT_FAILED = 2;

/** @param {string} line */
const say = (line) => void process.stdout.write(`${line}\n`);

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(USAGE);
  const { natsUrl } = readAddresses(undefined, { root, variables: process.env });
  await build();
  // They are built only now.
  const { Messenger } = await import('@kraty/platform/messaging');
  const { Logger } = await import('@kraty/platform/logging');
  const link = await openLink(natsUrl, 'check-tool');
  try {
    process.exitCode = await report(await checksOf(new Messenger(link, Logger.silent()), options), say);
  } finally {
    await link.close();
  }
}

await main().catch((error) => {
  const isBug = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  process.stderr.write(`${isBug ? error.stack : error.message}\n`);
  process.exitCode = EXIT_FAILED;
});
