/** Plain HTTP over connections that are kept: requests, requests whose reply is torn off, and streams. */

import http from 'node:http';
import https from 'node:https';

const SOCKETS_MAX = 256;
/** A server that says nothing that long is not going to. */
const TIMEOUT_MS = 15_000;
/** The heartbeat of a stream comes every 15 s (01 §10). */
const STREAM_SILENCE_MS = 40_000;

/** @typedef {{ method: string, path: string, headers: Record<string, string>, body?: string }} Request */
/** @typedef {{ status: number, headers: http.IncomingHttpHeaders, text: string, ms: number }} Reply */

export class Http {
  #base;
  #library;
  #agent;

  /** @param {string} baseUrl */
  constructor(baseUrl) {
    this.#base = new URL(baseUrl);
    this.#library = this.#base.protocol === 'https:' ? https : http;
    this.#agent = new this.#library.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  }

  /** @param {Request} request @returns {Promise<Reply>} rejects when there is no whole reply */
  send(request) {
    const beganMs = performance.now();
    return new Promise((resolve, reject) => {
      const sent = this.#open(request, (reply) => {
        let text = '';
        reply.setEncoding('utf8');
        reply.on('data', (chunk) => (text += chunk));
        reply.on('error', reject);
        reply.on('end', () => {
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text, ms: performance.now() - beganMs });
        });
      });
      sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      sent.on('error', reject);
    });
  }

  /** Hangs up in the middle: the server may or may not have done it. @param {Request} request @param {number} afterMs @returns {Promise<void>} */
  tear(request, afterMs) {
    return new Promise((resolve) => {
      const sent = this.#open(request, (reply) => reply.resume());
      const timer = setTimeout(() => sent.destroy(), afterMs);
      sent.on('error', () => undefined);
      sent.on('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /**
   * @param {Request} request
   * @param {(text: string) => void} onText
   * @returns {{ ended: Promise<number>, close: () => void }} ended: with the status, or 0 when there was no answer
   */
  stream(request, onText) {
    /** @type {http.ClientRequest} */
    let sent;
    const ended = new Promise((/** @type {(status: number) => void} */ resolve) => {
      let status = 0;
      sent = this.#open(
        request,
        (reply) => {
          status = reply.statusCode ?? 0;
          reply.setEncoding('utf8');
          reply.on('data', onText);
          reply.on('error', () => undefined);
        },
        false,
      );
      sent.setTimeout(STREAM_SILENCE_MS, () => sent.destroy());
      sent.on('error', () => undefined);
      sent.on('close', () => resolve(status));
    });
    return { ended, close: () => sent.destroy() };
  }

  close() {
    this.#agent.destroy();
  }

  /** @param {Request} request @param {(reply: http.IncomingMessage) => void} onReply @param {boolean} [pooled] */
  #open({ method, path, headers, body }, onReply, pooled = true) {
    const { hostname, port, protocol, pathname } = this.#base;
    const whole = {
      protocol,
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      method,
      path: pathname.replace(/\/$/, '') + path,
      headers: body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      agent: pooled ? this.#agent : false,
    };
    const sent = this.#library.request(/** @type {http.RequestOptions} */ (whole), onReply);
    sent.end(body);
    return sent;
  }
}
