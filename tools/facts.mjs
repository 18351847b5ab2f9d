/** `npm run facts -- …`: what an operator does about facts that were given up, or lost with a broker's disk. */

import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { openLink, readAddresses } from './facts/addresses.mjs';
import { parseOptions, USAGE } from './facts/options.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const REASON_SHOWN_CHARACTERS = 160;

/** @typedef {import('@kraty/platform/facts').FactRepair} FactRepair */
/** @typedef {import('./facts/options.mjs').Options} Options */

/** @param {string} line */
const say = (line) => void process.stdout.write(`${line}\n`);

/** @param {FactRepair} repair @param {string} service */
async function list(repair, service) {
  const parked = await repair.parked();
  if (parked.length === 0) return say(`${service}: nothing is parked.`);
  say(`${service}:`);
  for (const { id, consumer, subject, deliveries, reason, parkedAt } of parked) {
    say(`  ${id}  ${parkedAt.toISOString()}  ${subject}`);
    say(`    ${consumer}, ${deliveries} deliveries: ${reason.slice(0, REASON_SHOWN_CHARACTERS)}`);
  }
}

/** @param {FactRepair} repair @param {string} service @param {Options} options */
async function unpark(repair, service, { ids }) {
  for (const id of ids) {
    const found = await repair.unpark(id);
    say(found ? `${service}: ${id} was published again.` : `${service}: nothing is parked under ${id}.`);
    if (!found) process.exitCode = 1;
  }
}

/** @param {FactRepair} repair @param {string} service @param {Options} options */
async function replay(repair, service, { since, subject }) {
  const count = await repair.replay({ since, subject });
  say(`${service}: ${count} envelopes were published again.`);
}

const deeds = { list, unpark, replay };

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(USAGE);
  const addresses = readAddresses(options.service, { root, variables: process.env });
  await build();
  // They are built only now.
  const { FactRepair } = await import('@kraty/platform/facts');
  const { Database } = await import('@kraty/platform/persistence');
  const link = await openLink(addresses.natsUrl, 'facts-tool');
  try {
    for (const { service, url } of addresses.databases) {
      const database = new Database({ url, poolMax: 2, applicationName: 'facts-tool' });
      await deeds[options.deed](new FactRepair(database, link), service, options).finally(() => database.close());
    }
  } finally {
    await link.close();
  }
}

await main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
