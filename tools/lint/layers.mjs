/**
 * Who inside a service may import what, by file name. ESLint replaces the options of a rule when a later entry matches
 * the same file, so every entry below names its whole list and no two entries match one file.
 */
const sql = {
  group: ['pg', 'pg/*', '@prisma/*', '**/generated/**'],
  message: 'SQL and the Prisma client stay in *.store.ts, in plain sight of whoever looks for the queries.',
};
const drivers = {
  group: ['nats', '@nats-io/*', 'ioredis', 'ioredis/*'],
  message: 'Brokers and Redis are reached through @kraty/platform, which knows deadlines, spans and shutting down.',
};
const stores = {
  group: ['**/*.store.js'],
  message: 'Handlers and consumers call a service; only the service knows the store and the transaction.',
};
const testOnly = {
  group: ['@kraty/testing/*', '@jest/globals', '@nestjs/testing', 'supertest', 'fast-check'],
  message: 'Test helpers stay in *.spec.ts.',
};
const roles = ['store', 'service', 'handler', 'consumer', 'controller', 'module', 'worker'];
const impure = {
  group: [
    '@nestjs/*',
    ...roles.map((role) => `**/*.${role}.js`),
    '@kraty/platform/*',
    '!@kraty/platform/errors',
    '!@kraty/platform/ids',
  ],
  message: 'A rules file is pure: no Nest, no I/O, no store, no clock; it takes what it needs as arguments.',
};

const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });
const doors = ['apps/*/src/**/*.handler.ts', 'apps/*/src/**/*.consumer.ts', 'apps/*/src/**/*.controller.ts'];
const storeFiles = ['apps/*/src/**/*.store.ts'];
const specs = ['**/*.spec.ts', '**/*.fixture.ts'];
/** `attempt.ts`: a name without a role. Everything that is more than rules says so in its name. */
const namedRoles = ['**/*.*.ts', '**/index.ts', '**/main.ts'];
/** The gateway decides nothing, so its plain files are not rules but helpers of its doors. */
const gateway = 'apps/gateway/**';

export const layers = [
  { name: 'kraty/stores', files: storeFiles, ignores: specs, rules: restrict(drivers, testOnly) },
  { name: 'kraty/doors', files: doors, rules: restrict(sql, drivers, stores, testOnly) },
  {
    name: 'kraty/rules',
    files: ['apps/*/src/**/*.ts'],
    ignores: [...namedRoles, gateway],
    rules: restrict(sql, drivers, testOnly, impure),
  },
  {
    name: 'kraty/other-roles',
    files: [...namedRoles.map((name) => `apps/*/src/${name}`), 'apps/gateway/src/**/*.ts'],
    ignores: [...storeFiles, ...doors, ...specs],
    rules: restrict(sql, drivers, testOnly),
  },
];
