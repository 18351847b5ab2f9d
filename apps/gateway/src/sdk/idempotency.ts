import { uuidShapePattern, type Idempotency } from '@kraty/contracts/common';
import { canonicalHash } from '@kraty/platform/idempotency';
import { externalPlayerIdOf, type FastifyRequest } from '../http/request-context.js';

/**
 * The caller's key with what it is bound to (01 §6): method and concrete path without query, and the whole body as
 * sent. However a path is written (escapes, a fragment, a host, ids in upper case), it is one operation; and no two
 * paths are one, whatever stands in their parameters.
 */
export function idempotencyOf(request: FastifyRequest, key: string | undefined): Idempotency | null {
  if (key === undefined || key === '') return null;
  const query = request.url.split('?', 2)[1];
  return {
    key,
    operation: `${request.method} ${concretePath(request)}`,
    bodyHash: canonicalHash(request.body ?? {}, query),
  };
}

/** Patterns of routes, split into what they say and the names of their parameters, one after the other. */
const splitPatterns = new Map<string, readonly string[]>();

function concretePath(request: FastifyRequest): string {
  const parameters = request.params as Record<string, string>;
  let path = '';
  let isParameter = false;
  for (const part of partsOf(request.routeOptions.url!)) {
    if (!isParameter) path += part;
    else if (part === 'externalId') path += encodeURIComponent(externalPlayerIdOf(request));
    else path += encodeURIComponent(inOneCase(parameters[part]!));
    isParameter = !isParameter;
  }
  return path;
}

function partsOf(pattern: string): readonly string[] {
  const known = splitPatterns.get(pattern);
  if (known) return known;
  const parts = pattern.split(/:(\w+)/);
  splitPatterns.set(pattern, parts);
  return parts;
}

/** Our own ids are accepted in any case (01 §11); everything else means what it says. */
function inOneCase(value: string): string {
  return uuidShapePattern.test(value) ? value.toLowerCase() : value;
}
