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

/** Answers with a text that is JSON already and needs no envelope. */
export function sendJsonText(reply: FastifyReply, text: string): FastifyReply {
  return reply.code(200).header('content-type', jsonType).send(text);
}
