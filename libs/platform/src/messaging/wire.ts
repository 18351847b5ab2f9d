import { headers as newHeaders, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { failureStatus, type FailureWire } from '@kraty/contracts/failures';
import { messageHeaders } from '@kraty/contracts/messages';
import { busy, Failure } from '../errors/index.js';
import { RawJson, type ReplyOptions } from './reply.js';

const decoder = new TextDecoder();
const statusOk = 200;

/** JSON text of a body; a handler that returns nothing answers `null`, never an empty message. */
export function bodyText(body: unknown): string {
  if (body instanceof RawJson) return body.text;
  return body === undefined ? 'null' : JSON.stringify(body);
}

export function parseBody(bytes: Uint8Array): unknown {
  return JSON.parse(decoder.decode(bytes));
}

/** Headers of a good reply; a plain 200 needs none. */
export function replyHeaders({ status, replayed }: ReplyOptions): MsgHdrs | undefined {
  if ((status === undefined || status === statusOk) && !replayed) return undefined;
  const headers = newHeaders();
  if (status !== undefined) headers.append(messageHeaders.status, String(status));
  if (replayed) headers.append(messageHeaders.replayed, '1');
  return headers;
}

export function failureHeaders(): MsgHdrs {
  const headers = newHeaders();
  headers.append(messageHeaders.failure, '1');
  return headers;
}

export const statusOf = (reply: Msg): number => Number(reply.headers?.get(messageHeaders.status) || statusOk);
export const isReplayed = (reply: Msg): boolean => reply.headers?.get(messageHeaders.replayed) === '1';

/** The remote failure as an error of ours, with its code, status, details and headers; null for a good reply. */
export function failureOf(reply: Msg): Failure | null {
  if (reply.headers?.get(messageHeaders.failure) !== '1') return null;
  const wire = parseBody(reply.data);
  if (!isFailureWire(wire)) return unavailable('the reply is a failure nobody can read');
  return new Failure(wire);
}

export function isFailureWire(value: unknown): value is FailureWire {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, status } = value as Partial<FailureWire>;
  return typeof code === 'string' && code in failureStatus && typeof message === 'string' && typeof status === 'number';
}

/** No answer will come: the broker, the other service or the caller is away. */
export function unavailable(why: string, cause?: unknown): Failure {
  return busy('busy', cause ?? new Error(why));
}
