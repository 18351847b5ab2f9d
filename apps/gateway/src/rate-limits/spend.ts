import { fail } from '@kraty/platform/errors';
import type { FastifyReply } from '../http/request-context.js';
import type { Allowance } from './lease.js';

/**
 * Says on the reply what is left of the bucket (01 §8).
 *
 * @throws rate_limited when nothing is
 */
export function spend(reply: FastifyReply, bucket: string, allowance: Allowance): void {
  if (allowance.limit > 0) reply.headers(rateLimitHeaders(allowance));
  if (!allowance.allowed) throw rateLimited(bucket, allowance);
}

/** The failure of a spent bucket. */
export function rateLimited(bucket: string, allowance: Allowance) {
  const { limit, resetSeconds } = allowance;
  const details = { bucket, limit, retryAfterSeconds: resetSeconds };
  const headers = { ...rateLimitHeaders(allowance), 'retry-after': String(resetSeconds) };
  return fail('rate_limited', `more than ${limit} requests a minute`, details, { headers });
}

function rateLimitHeaders(allowance: Allowance): Record<string, string> {
  return {
    'ratelimit-limit': String(allowance.limit),
    'ratelimit-remaining': String(allowance.remaining),
    'ratelimit-reset': String(allowance.resetSeconds),
  };
}
