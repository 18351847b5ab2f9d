import { PlainWriteBody } from '@kraty/contracts/admin';
import { isPlainObject, uuidShapePattern, type Idempotency } from '@kraty/contracts/common';
import type { RawReply } from '@kraty/platform/messaging';
import { entityTag, sendRaw } from '../http/replies.js';
import type { FastifyReply, FastifyRequest } from '../http/request-context.js';
import { idempotencyOf } from '../sdk/idempotency.js';
import { strictBody } from '../validation/strict-bodies.js';

/**
 * A body whose fields its owner checks, without the idempotency key.
 *
 * @throws validation_failed for a key that is none
 */
export function ownersBody(request: FastifyRequest, raw: unknown): { body: unknown; idempotency: Idempotency | null } {
  if (!isPlainObject(raw)) return { body: raw ?? {}, idempotency: null };
  const { idempotencyKey, ...body } = raw;
  const { idempotencyKey: key } = strictBody(PlainWriteBody, idempotencyKey === undefined ? {} : { idempotencyKey });
  return { body, idempotency: idempotencyOf(request, key ?? undefined) };
}

/** Answers with what an owner has recorded of a versioned object, under its tag. */
export function sendVersioned(reply: FastifyReply, raw: RawReply): void {
  const { version } = JSON.parse(Buffer.from(raw.bytes).toString()) as { version?: number };
  sendRaw(version === undefined ? reply : reply.header('etag', entityTag(version)), raw);
}

/** An id or a key of the path: ids are accepted in any case, keys mean what they say (01 §11). */
export function nameOf(request: FastifyRequest, parameter: string): string {
  const name = (request.params as Record<string, string>)[parameter]!;
  return uuidShapePattern.test(name) ? name.toLowerCase() : name;
}
