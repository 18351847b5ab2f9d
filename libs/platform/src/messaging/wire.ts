import { headers as newHeaders, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { failureStatus, type FailureWire } from '@kraty/contracts/failures';
import { messageHeaders } from '@kraty/contracts/messages';
import { busy, Failure, toFailure } from '../errors/index.js';
import { currentRequestId, runInRequest } from '../logging/index.js';
import { RawJson, type RawReply, Reply } from './reply.js';

const decoder = new TextDecoder();
const statusOk = 200;

/** An answer as the asker has it, whether it came alone or in a bundle. */
export interface Answer extends RawReply {
  isFailure: boolean;
}

/** An answer that is about to be sent. */
export interface OwnReply {
  /** Whom of the inbox it is for. */
  token: string;
  text: string;
  status: number;
  replayed: boolean;
  isFailure: boolean;
  /** Under which it is told why the answer could not leave: that is found out in a turn of other requests. */
  requestId?: string | undefined;
}

/** Runs `work` as a part of the request with this id, whichever request runs now. */
export function underId<T>(requestId: string | undefined, work: () => T): T {
  return runInRequest(requestId === undefined ? undefined : { requestId }, work);
}

/** JSON text of a body; a handler that returns nothing answers `null`, never an empty message. */
export function bodyText(body: unknown): string {
  if (body instanceof RawJson) return body.text;
  return body === undefined ? 'null' : JSON.stringify(body);
}

export function parseBody(bytes: Uint8Array): unknown {
  return JSON.parse(decoder.decode(bytes));
}

/** The answer that a handler's result is. */
export function goodReply(token: string, result: unknown): OwnReply {
  const { body, options } = result instanceof Reply ? result : { body: result, options: {} };
  const { status = statusOk, replayed = false } = options;
  return { token, text: bodyText(body), status, replayed, isFailure: false, requestId: currentRequestId() };
}

/** The answer that whatever was thrown is: failures cross the bus as data. */
export function failedReply(token: string, error: unknown): OwnReply {
  // The message of an `Error` is no part of its JSON.
  const wire = isFailureWire(error) && !(error instanceof Error) ? error : toFailure(error).wire();
  const text = bodyText(wire);
  return { token, text, status: statusOk, replayed: false, isFailure: true, requestId: currentRequestId() };
}

/** Headers of an answer that travels alone; a plain 200 needs none. */
export function replyHeaders({ status, replayed, isFailure }: OwnReply): MsgHdrs | undefined {
  if (status === statusOk && !replayed && !isFailure) return undefined;
  const headers = newHeaders();
  if (status !== statusOk) headers.append(messageHeaders.status, String(status));
  if (replayed) headers.append(messageHeaders.replayed, '1');
  if (isFailure) headers.append(messageHeaders.failure, '1');
  return headers;
}

/** An answer that came alone. */
export function answerOf({ headers, data }: Msg): Answer {
  if (headers === undefined) return { status: statusOk, replayed: false, isFailure: false, bytes: data };
  return {
    status: Number(headers.get(messageHeaders.status) || statusOk),
    replayed: headers.get(messageHeaders.replayed) === '1',
    isFailure: headers.get(messageHeaders.failure) === '1',
    bytes: data,
  };
}

/** The remote failure as an error of ours, with its code, status, details and headers; null for a good answer. */
export function failureOf({ isFailure, bytes }: Answer): Failure | null {
  if (!isFailure) return null;
  const wire = parseBody(bytes);
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
