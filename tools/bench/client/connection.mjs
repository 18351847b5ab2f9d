/**
 * One keep-alive connection that carries one request at a time. It knows just enough of HTTP/1.1 to talk to the
 * gateway: on a machine that the client shares with the servers, its own work counts.
 */

import { connect } from 'node:net';

const READ_BYTES = 64 * 1024;
const REPLY_BYTES_MAX = 4 * 1024 * 1024;
const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const BODILESS = new Set([204, 304]);
/** Status of a request whose connection was lost. */
export const LOST = 0;

/** @typedef {(status: number, body: Buffer) => void} Done the body is only valid during the call */

const nothing = Buffer.alloc(0);

export class Connection {
  /** @type {Done | undefined} */
  #done;
  #partial = nothing;
  #socket;

  /** @param {import('node:net').Socket} socket */
  constructor(socket) {
    this.#socket = socket;
  }

  /** @param {{ host: string, port: number }} address @returns {Promise<Connection>} */
  static open({ host, port }) {
    return new Promise((resolve, reject) => {
      /** @type {Connection} */
      let connection;
      const onread = {
        buffer: Buffer.allocUnsafe(READ_BYTES),
        callback: (/** @type {number} */ length, /** @type {Buffer} */ buffer) => {
          connection.#take(buffer.subarray(0, length));
          return true;
        },
      };
      const socket = connect({ host, port, noDelay: true, onread });
      connection = new Connection(socket);
      socket.once('connect', () => resolve(connection));
      socket.once('error', (error) => (reject(error), connection.#lose(error.message)));
      socket.once('close', () => connection.#lose('closed'));
    });
  }

  /** @param {string} request head and body @param {Done} done */
  ask(request, done) {
    this.#done = done;
    this.#socket.write(request);
  }

  close() {
    this.#socket.destroy();
  }

  /** @param {Buffer} chunk */
  #take(chunk) {
    const data = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk]);
    const headEnd = data.indexOf(HEAD_END);
    if (headEnd < 0) return this.#keep(data);
    const head = data.latin1Slice(0, headEnd);
    const status = Number(head.slice(9, 12));
    const length = lengthOf(head, status);
    if (length === undefined) return this.#lose('a reply without a content-length');
    const bodyStart = headEnd + HEAD_END.length;
    if (data.length < bodyStart + length) return this.#keep(data);
    this.#partial = nothing;
    this.#answer(status, data.subarray(bodyStart, bodyStart + length));
  }

  /** @param {Buffer} data lies in a buffer that the next read overwrites */
  #keep(data) {
    if (data.length > REPLY_BYTES_MAX) return this.#lose('a reply that is too long');
    this.#partial = Buffer.from(data);
  }

  /** @param {string} reason */
  #lose(reason) {
    this.#socket.destroy();
    this.#answer(LOST, Buffer.from(reason));
  }

  /** @param {number} status @param {Buffer} body */
  #answer(status, body) {
    const done = this.#done;
    this.#done = undefined;
    done?.(status, body);
  }
}

/** @param {string} head @param {number} status */
function lengthOf(head, status) {
  const found = CONTENT_LENGTH.exec(head);
  if (found !== null) return Number(found[1]);
  return BODILESS.has(status) ? 0 : undefined;
}
