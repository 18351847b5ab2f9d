/**
 * Schemas of the services, from `prisma/<service>/`: databases and roles, migrations, and the check that schema and
 * migrations agree. All of it works without Prisma's native engine, hence without a network.
 */

export { provision, roleOf } from './migration-roles.mjs';
export { deploy, markUndone } from './migration-deploy.mjs';
export { checkMigrations, createMigration, withScratchServer } from './migration-compare.mjs';
export { servicesWithSchema } from './migration-files.mjs';
