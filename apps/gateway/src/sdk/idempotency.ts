import type { Idempotency } from '@kraty/contracts/common';
import { canonicalHash } from '@kraty/platform/idempotency';
import type { FastifyRequest } from '../http/request-context.js';

/**
 * The caller's key with what it is bound to (01 §6): method and concrete path without query, and the whole body as
 * sent. The path's player is written in its normalized form, so that two spellings of one id are one operation.
 */
export function idempotencyOf(request: FastifyRequest, key: string | undefined): Idempotency | null {
  if (key === undefined || key === '') return null;
  const [path, query] = request.url.split('?', 2) as [string, string | undefined];
  return {
    key,
    operation: `${request.method} ${decodeURIComponent(path)}`.normalize('NFC'),
    bodyHash: canonicalHash(request.body ?? {}, query),
  };
}
