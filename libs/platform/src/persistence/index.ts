export { Database, type DatabaseOptions, type TransactionOptions } from './database.js';
export { statement, type Statement } from './statement.js';
export { run, type Tx } from './tx.js';
export { prismaFor, type PrismaClientClass } from './prisma.js';
