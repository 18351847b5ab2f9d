import type { Provider } from '@nestjs/common';
import { Database, prismaFor } from '@kraty/platform/persistence';
import { PrismaClient } from '../generated/prisma/client.js';

/** The client for what is not hot and needs no transaction with others; it shares the service's pool. */
export const prismaProvider: Provider = {
  provide: PrismaClient,
  inject: [Database],
  useFactory: (database: Database) => prismaFor(database, PrismaClient, 'identity'),
};
