import type { RawReply } from '@kraty/platform/messaging';
import type { FastifyReply } from './request-context.js';

const jsonType = 'application/json; charset=utf-8';
const opening = Buffer.from('{"data":');
const closing = Buffer.from('}');

/** Answers with the bytes a service sent, inside the success envelope (01 §5), without parsing them. */
export function sendRaw(reply: FastifyReply, raw: RawReply): FastifyReply {
  if (raw.replayed) reply.header('idempotency-replayed', 'true');
  return reply
    .code(raw.status)
    .header('content-type', jsonType)
    .send(Buffer.concat([opening, raw.bytes, closing]));
}

/** Answers with a value inside the success envelope. */
export function sendData(reply: FastifyReply, data: unknown, status = 200): FastifyReply {
  return reply.code(status).header('content-type', jsonType).send(JSON.stringify({ data }));
}

/** Answers with what is JSON already and needs no envelope. */
export function sendJsonText(reply: FastifyReply, text: string | Buffer): FastifyReply {
  return reply.code(200).header('content-type', jsonType).send(text);
}

/** Answers with a page of a list (04 §1). */
export function sendPage(reply: FastifyReply, data: readonly unknown[], nextCursor: string | null): FastifyReply {
  return sendJsonText(reply, JSON.stringify({ data, page: { nextCursor } }));
}

/** Answers that it is done, with nothing more to say; never under `/sdk/v1` (01 §5). */
export function sendNothing(reply: FastifyReply): FastifyReply {
  return reply.code(204).send();
}

/** The tag of one version of something, as `If-Match` sends it back. */
export function entityTag(version: number): string {
  return `"${version}"`;
}
