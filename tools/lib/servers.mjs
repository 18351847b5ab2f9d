/**
 * Private servers for development, tests and the demo: PostgreSQL, Redis and NATS on the loopback interface, each a child
 * of the process that starts it, on a data directory of its own.
 */

export { startPostgres } from './servers/postgres.mjs';
export { throwawayFolder, THROWAWAY_SETTINGS } from './servers/throwaway.mjs';
export { startRedis } from './servers/redis.mjs';
export { startNats } from './servers/nats.mjs';
export { stopServers } from './servers/launch.mjs';
export { freePort, isPortFree, PortBusyError } from './servers/ports.mjs';
export { findProgram, requirePrograms } from './servers/programs.mjs';
export { isSameProcess, processMark } from './servers/processes.mjs';
export { reapStale, ServerInUseError } from './servers/record.mjs';
export { firstWords } from './servers/probes.mjs';
export { removeDirectory } from './servers/unprivileged.mjs';

/** @typedef {import('./servers/launch.mjs').RunningServer} RunningServer */
/** @typedef {import('./servers/postgres.mjs').RunningPostgres} RunningPostgres */
