/** What Redis gives at most: a script that moves one row of a sorted set, many calls in one write. */

import { Redis } from 'ioredis';
import { loop } from './loop.mjs';

const CALLERS = 256;
const ROWS = 10_000;
const BOARD = '{bench}:board';
const REVISIONS = '{bench}:revisions';

const APPLY = `
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known and tonumber(known) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1`;

/** @param {{ url: string, seconds: number, warmUpSeconds: number }} job @param {import('../worker-side.mjs').Tell} tell */
export async function redis({ url, ...shape }, tell) {
  const client = new Redis(url, { enableAutoPipelining: true });
  try {
    const sha = String(await client.script('LOAD', APPLY));
    return await loop({ ...shape, callers: CALLERS }, tell, (turn) =>
      client.evalsha(sha, 2, BOARD, REVISIONS, `member-${turn % ROWS}`, turn % 1_000, turn),
    );
  } finally {
    await client.del(BOARD, REVISIONS).catch(() => undefined);
    client.disconnect();
  }
}
