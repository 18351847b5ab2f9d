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

function concretePath(request: FastifyRequest): string {
  const parameters = request.params as Record<string, string>;
  const valueOf = (name: string) =>
    name === 'externalId' ? externalPlayerIdOf(request) : inOneCase(parameters[name]!);
  return request.routeOptions.url!.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(valueOf(name)));
}

/** Our own ids are accepted in any case (01 §11); everything else means what it says. */
function inOneCase(value: string): string {
  return uuidShapePattern.test(value) ? value.toLowerCase() : value;
}
