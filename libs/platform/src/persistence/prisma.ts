import { PrismaPg } from '@prisma/adapter-pg';
import type { Database } from './database.js';

/** The class that `prisma generate` writes for a service. */
export type PrismaClientClass<C> = new (options: { adapter: PrismaPg }) => C;

/**
 * A Prisma client on the service's own pool, for everything that is not hot (architecture §4).
 *
 * @param schema the service's name: Prisma names the schema in every query and would ask for `public`
 */
export function prismaFor<C>(database: Database, client: PrismaClientClass<C>, schema: string): C {
  return new client({ adapter: new PrismaPg(database.pool, { schema, disposeExternalPool: false }) });
}
