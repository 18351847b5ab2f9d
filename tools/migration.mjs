/** `npm run migration -- …`: creates, checks and applies migrations without Prisma's native engine. */

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  checkMigrations,
  createMigration,
  deploy,
  markUndone,
  servicesWithSchema,
  withScratchServer,
} from './lib/migrations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const TEST_POSTGRES = process.env.KRATY_TEST_POSTGRES_URL;

const usage = `Migrations of the services' schemas (prisma/<service>/).

  npm run migration -- create <service> <name>      write the migration from what is there to schema.prisma;
                                                    the name says why, in a few words
  npm run migration -- check [service…]             fail when a schema and its migrations disagree
  npm run migration -- deploy [service…]            apply what is pending, to <SERVICE>_DATABASE_URL
  npm run migration -- undone <service> <migration> a migration that stopped half-way has been cleared away by hand

Services with a schema: ${servicesWithSchema().join(', ')}.
`;

const say = (text) => process.stdout.write(`${text}\n`);

async function create([service, ...words]) {
  const name = words.join(' ');
  if (!service || !name) throw new Error('create needs a service and a name, for example: create economy gifts');
  const { file, empty, destroys } = await createMigration({ service, name, superuserUrl: TEST_POSTGRES });
  say(`${relative(process.cwd(), file)} written.`);
  if (empty) say('Schema and migrations agree already, so it is empty: for SQL that schema.prisma cannot say.');
  if (destroys.length === 0) return;
  say('\nIt loses data, and instances of the former release still read it while this one starts:\n');
  for (const statement of destroys) say(`  ${statement.replaceAll('\n', '\n  ')}`);
  say('\nTake four releases instead: add, fill in batches, switch over, remove.');
}

async function check(asked) {
  const services = asked.length > 0 ? asked : servicesWithSchema();
  const differing = await withScratchServer(TEST_POSTGRES, (superuserUrl) => differences(services, superuserUrl));
  for (const { service, difference } of differing) {
    say(`${service}: schema.prisma and the migrations disagree. What the migrations lack:\n\n${difference}`);
  }
  if (differing.length > 0) throw new Error('Write it with: npm run migration -- create <service> <name>');
  say(`Schema and migrations agree: ${services.join(', ')}.`);
}

async function differences(services, superuserUrl) {
  const found = [];
  for (const service of services) {
    const { agrees, difference } = await checkMigrations({ service, superuserUrl });
    if (!agrees) found.push({ service, difference });
  }
  return found;
}

async function deployAll(asked) {
  const services = asked.length > 0 ? asked : servicesWithSchema().filter((service) => process.env[variable(service)]);
  if (services.length === 0)
    throw new Error(`Nothing to do: ${servicesWithSchema().map(variable).join(', ')} are not set.`);
  for (const service of services) {
    const applied = await deploy({ url: addressOf(service), service });
    say(`${service}: ${applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing is pending'}.`);
  }
}

async function undone([service, migration]) {
  if (!service || !migration) throw new Error('undone needs a service and the name of a migration.');
  await markUndone({ url: addressOf(service), service, migration });
  say(`${service}: ${migration} counts as not applied; the next deployment tries it again.`);
}

const variable = (service) => `${service.toUpperCase()}_DATABASE_URL`;

function addressOf(service) {
  const url = process.env[variable(service)];
  if (url) return url;
  throw new Error(`Set ${variable(service)} to the database of ${service}, as its own role.`);
}

const commands = { create, check, deploy: deployAll, undone };
const [command, ...rest] = process.argv.slice(2);

if (Object.hasOwn(commands, command ?? '')) {
  process.chdir(process.env.INIT_CWD ?? root);
  await commands[command](rest).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
} else if (command === undefined) {
  process.stdout.write(usage);
} else {
  process.stderr.write(usage);
  process.exitCode = 1;
}
