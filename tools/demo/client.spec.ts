import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, isWorthRetrying, NoAnswer, waitMs } from './client.mjs';
import { Http } from './http.mjs';
import { Random } from './random.mjs';
import { Statistics } from './statistics.mjs';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let http: Http;
let handler: Handler;
const statistics = new Statistics();

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => handler(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  http = new Http(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterAll(async () => {
  http.close();
  await new Promise((resolve) => server.close(resolve));
});

const client = (): Client => new Client(http, 'pKey.secret', statistics);
const reply = (response: ServerResponse, status: number, json: unknown, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
};

describe('the client of a simulated player', () => {
  it('repeats the very same call over network errors, 5xx and rate limits', async () => {
    const bodies: string[] = [];
    handler = (request, response, body) => {
      bodies.push(body);
      if (bodies.length === 1) return void request.socket.destroy();
      if (bodies.length === 2)
        return reply(response, 503, { error: { code: 'internal_error' } }, { 'retry-after': '0' });
      if (bodies.length === 3) return reply(response, 429, { error: { code: 'rate_limited' } }, { 'retry-after': '0' });
      reply(response, 200, { data: { ok: true } }, { 'idempotency-replayed': 'true' });
    };
    const answer = await client().call({ method: 'POST', path: '/x', body: { idempotencyKey: 'k' } });
    expect(answer).toMatchObject({ status: 200, data: { ok: true }, replayed: true });
    expect(bodies).toEqual(Array(4).fill('{"idempotencyKey":"k"}'));
    expect(statistics.retries).toBe(3);
  });

  it('takes a cap of attempts for an answer', async () => {
    handler = (_request, response) => reply(response, 429, { error: { code: 'max_attempts_reached' } });
    const answer = await client().call({ method: 'POST', path: '/x', body: {} });
    expect([answer.status, answer.error?.code]).toEqual([429, 'max_attempts_reached']);
  });

  it('sends the key, the secret and nothing it was told to leave out', async () => {
    const seen: unknown[] = [];
    handler = (request, response) => {
      seen.push([request.url, request.headers.authorization, request.headers['x-player-secret']]);
      reply(response, 200, { data: null });
    };
    await client().call({ method: 'GET', path: '/a?b=1', secret: 's' });
    await client().call({ method: 'GET', path: '/a', authorization: null });
    expect(seen).toEqual([
      ['/sdk/v1/a?b=1', 'Bearer pKey.secret', 's'],
      ['/sdk/v1/a', undefined, undefined],
    ]);
  });

  it('loses replies without failing', async () => {
    handler = (_request, response) => reply(response, 200, {});
    const random = new Random('lost');
    for (let calls = 0; calls < 6; calls += 1) await client().lose({ method: 'POST', path: '/x', body: {} }, random);
  });

  it('waits as long as it is asked to, within bounds, and longer each time when it is not', () => {
    expect([waitMs(1, '2'), waitMs(1, '60'), waitMs(1, '0')]).toEqual([2_000, 5_000, 100]);
    expect([waitMs(1, undefined), waitMs(2, undefined), waitMs(9, undefined)]).toEqual([100, 200, 5_000]);
  });

  it('knows what is worth a retry', () => {
    const answer = (status: number, code?: string) =>
      ({ status, error: code && { code } }) as Parameters<typeof isWorthRetrying>[0];
    expect(isWorthRetrying(answer(500))).toBe(true);
    expect(isWorthRetrying(answer(429, 'rate_limited'))).toBe(true);
    expect(isWorthRetrying(answer(429, 'max_attempts_reached'))).toBe(false);
    expect(isWorthRetrying(answer(409, 'conflict'))).toBe(false);
    expect(new NoAnswer({ method: 'GET', path: '/x' }, 'why').message).toContain('GET /x');
  });
});
