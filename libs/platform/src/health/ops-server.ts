import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { Clock } from '../clock/clock.js';
import { mergedMetrics, metricsContentType, processMetrics } from '../telemetry/metrics.js';
import { combinedReadiness, type Health } from './health.js';
import { version } from './version.js';

const REQUEST_MS_MAX = 5_000;
const HEADER_BYTES_MAX = 8_192;
const CONNECTIONS_MAX = 64;

export interface OpsServerOptions {
  clock: Clock;
  /** All services of the process whose readiness this port answers for. */
  health: readonly Health[];
  registries: readonly Registry[];
  host: string;
  /** 0 = any free port. */
  port: number;
  metricsToken?: string;
}

interface Answer {
  status: number;
  type?: string;
  body: string;
}

/** Probes and metrics, on a port of their own: they must answer when the service's own door is closed. */
export class OpsServer {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(options: OpsServerOptions): Promise<OpsServer> {
    const limits = { requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX, maxHeaderSize: HEADER_BYTES_MAX };
    const server = createServer(limits, (request, response) => void serve(options, request, response));
    server.maxConnections = CONNECTIONS_MAX;
    server.listen(options.port, options.host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new OpsServer(server, `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

async function serve(options: OpsServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await route(options, request).catch((): Answer => json(500, { status: 'failed' }));
  response.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain', 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

async function route(options: OpsServerOptions, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return json(404, { status: 'unknown' });
  switch (request.url?.split('?', 1)[0]) {
    case '/healthz':
      return json(200, { status: 'ok', version, time: options.clock.now().toISOString() });
    case '/readyz':
      return readiness(options);
    case '/metrics':
      return mayReadMetrics(options.metricsToken, request.socket.remoteAddress, request.headers.authorization)
        ? metrics(options)
        : json(403, { status: 'forbidden' });
    default:
      return json(404, { status: 'unknown' });
  }
}

async function readiness({ health }: OpsServerOptions): Promise<Answer> {
  const body = await combinedReadiness(health);
  return json(body.status === 'ready' ? 200 : 503, body);
}

async function metrics({ registries }: OpsServerOptions): Promise<Answer> {
  return { status: 200, type: metricsContentType, body: await mergedMetrics([processMetrics(), ...registries]) };
}

/** Loopback or the token (04 §14). A proxy on this machine would make every caller loopback: do not put one here. */
export function mayReadMetrics(
  token: string | undefined,
  remoteAddress: string | undefined,
  authorization = '',
): boolean {
  if (isLoopback(remoteAddress)) return true;
  if (!token) return false;
  const given = /^bearer (.+)$/i.exec(authorization)?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);
}

/** Digests have one length, so that comparing tells nothing about the token's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function json(status: number, body: unknown): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
