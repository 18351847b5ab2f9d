import { Redis } from 'ioredis';
import type { Logger } from '../logging/logger.js';

const CONNECT_MS_MAX = 2_000;
/** A cache that answers later than this is no help; the caller goes to the truth or says "busy". */
const COMMAND_MS_MAX = 2_000;
const RECONNECT_STEP_MS = 100;
const RECONNECT_MS_MAX = 2_000;

/**
 * A client that never hangs its callers: while Redis is away commands fail at once, and the client reconnects by itself
 * for ever with a bounded pause. Waits for the first connection, but does not insist on it.
 */
export async function openRedis(url: string, name: string, logger: Logger): Promise<Redis> {
  const redis = new Redis(url, {
    connectionName: `kraty-${name}`,
    lazyConnect: true,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: CONNECT_MS_MAX,
    commandTimeout: COMMAND_MS_MAX,
    retryStrategy: (attempt) => Math.min(attempt * RECONNECT_STEP_MS, RECONNECT_MS_MAX),
  });
  // Without a listener Node would throw; commands report their own failures.
  redis.on('error', (error: unknown) => logger.warn({ err: error }, 'redis is away'));
  await redis.connect().catch((error: unknown) => logger.warn({ err: error }, 'starting without redis'));
  return redis;
}

/** Lets commands in flight finish where the server still answers. */
export async function closeRedis(redis: Redis): Promise<void> {
  const hasLeft = redis.status === 'ready' && (await redis.quit().catch(() => null)) !== null;
  // Asked of a connection that is gone already, the driver would keep the process up for a time-out.
  if (!hasLeft && redis.status !== 'end') redis.disconnect();
}
