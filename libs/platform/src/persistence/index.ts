export { Database, type DatabaseOptions, type TransactionOptions } from './database.js';
export { statement, type Statement } from './statement.js';
export { run, type Tx } from './tx.js';
export { prismaFor, type PrismaClientClass } from './prisma.js';
export { joinedJson, plainArray, splitJson, textArray } from './arrays.js';
export { epochMs } from './instants.js';
