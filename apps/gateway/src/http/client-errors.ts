import type { Socket } from 'node:net';
import { uuidV7 } from '@kraty/platform/ids';

const overflow = 'its headers are too large';
const timeout = 'it took too long to arrive';
const malformed = 'it is malformed';

/** Answers what is not HTTP enough to reach a route in the form of every other refusal (01 §5), and hangs up. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(refusalText(reasonOf(error.code)));
  socket.destroy(error);
}

function reasonOf(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return overflow;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? timeout : malformed;
}

function refusalText(reason: string): string {
  const message = `the request cannot be read: ${reason}`;
  const details = { issues: [{ path: 'header', code: 'format', message: reason }] };
  const body = JSON.stringify({ error: { code: 'validation_failed', message, details } });
  const headers = [
    'HTTP/1.1 400 Bad Request',
    'content-type: application/json; charset=utf-8',
    'cache-control: no-store',
    `x-request-id: ${uuidV7()}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${body}`;
}
