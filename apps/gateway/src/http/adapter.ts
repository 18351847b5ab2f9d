import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { limits } from '@kraty/contracts/common';
import { uuidV7 } from '@kraty/platform/ids';
import { fail, toFailure, type Failure } from '@kraty/platform/errors';
import { AccessHook } from '../access/access.hook.js';
import { following } from '../access/following.js';
import { OperatorHook } from '../admin/operator.hook.js';
import type { FastifyContextConfig } from 'fastify';
import type { GatewayConfiguration } from '../gateway.configuration.js';
import { refuseConnection } from './client-errors.js';
import { allowBrowsers, answerPreflight } from './cors.js';
import { documentText, invalidBody, parseJsonBody } from './json-body.js';
import type { FastifyReply, FastifyRequest } from './request-context.js';
import { RequestMetrics } from './request-metrics.service.js';
import { bodyBytesMax, surfaceOf } from './surfaces.js';
import { refuseUndecodablePath } from './undecodable-path.js';

/** A caller may keep a connection this long without sending a request. Milliseconds. */
const keepAliveTimeoutMs = 72_000;
/** Time a client has to send a whole request. Milliseconds. */
const requestTimeoutMs = 10_000;
/** No request line is longer, so the router refuses no parameter: its own rule says what too long means. Characters. */
const parameterCharactersMax = 16 * 1024;
const requestIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

interface Hooks {
  access: AccessHook;
  operators: OperatorHook;
}

/** The HTTP server of the gateway, before Nest adds its routes. */
export function createAdapter(configuration: GatewayConfiguration): FastifyAdapter {
  return new FastifyAdapter({
    // The one proxy in front, and not what a caller has written before it: else everybody chooses its own address.
    trustProxy: configuration.trustProxy ? (_address: string, hop: number) => hop === 0 : false,
    bodyLimit: limits.configurationBodyBytesMax,
    // Without a Host the server would refuse by itself, and without a body (01 §5).
    http: { requireHostHeader: false },
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseConnection,
    routerOptions: { maxParamLength: parameterCharactersMax },
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) =>
      void refuseUndecodablePath(request, reply),
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) =>
      requestId(request.headers['x-request-id']),
  });
}

/** Hooks that run before every route: request id, headers, the order of checks of 01 §4, the body rules of 01 §12. */
export function configureHttp(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const access = app.get(AccessHook);
  const operators = app.get(OperatorHook);
  const metrics = app.get(RequestMetrics);
  server.decorateRequest('kraty');
  server.decorate('checkCredentials', (request: FastifyRequest, reply: FastifyReply) =>
    checkCredentials({ access, operators }, request, reply),
  );
  server.addHook('onRoute', (route) => {
    refuseUndeclared(route.url, route.config);
    // Of a body that does not say how long it is no more is read than the route takes.
    route.bodyLimit = bodyBytesMax(route.url);
  });
  server.addHook('onRequest', (request, reply, done) => {
    const admitted = admit({ access, operators }, request, reply);
    if (admitted instanceof Promise)
      admitted.then(
        () => done(),
        (failure: unknown) => done(toFailure(failure)),
      );
    else if (!reply.sent) done();
  });
  server.addHook('preValidation', (request, _reply, done) => done(undecodableQuery(request.url)));
  server.addHook('onResponse', (request, reply, done) => {
    metrics.observe(request, reply);
    done();
  });
  // An expectation nobody knows may be ignored; the server would answer it by itself, and without a body (01 §5).
  server.server.on('checkExpectation', (request, response) => server.routing(request, response));
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const read = request.routeOptions.config.documentBody ? documentText : parseJsonBody;
      done(null, read(body as Buffer, request.headers['content-type']));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** All that is asked before the body is read; a promise only where somebody has to be asked. */
function admit(hooks: Hooks, request: FastifyRequest, reply: FastifyReply): void | Promise<void> {
  // Fastify puts them together anew whenever somebody looks.
  const { url, config, bodyLimit } = request.routeOptions;
  request.kraty = { requestId: request.id };
  reply.header('x-request-id', request.id).header('cache-control', 'no-store');
  // One path can be written in many ways; its route's pattern can not.
  if (surfaceOf(url ?? request.url) === 'sdk') allowBrowsers(reply);
  refuseNamelessHost(request);
  if (request.is404 || isHeadOfStream(request.method, url)) return refuseUnknownRoute(request, reply);
  return following(checkAccess(hooks, request, reply, config), () => refuseLargeBody(request, bodyLimit));
}

function checkAccess(
  hooks: Hooks,
  request: FastifyRequest,
  reply: FastifyReply,
  { access, operator }: FastifyContextConfig,
): void | Promise<void> {
  if (access) return hooks.access.check(request, reply, access);
  return operator ? hooks.operators.check(request, reply, operator) : undefined;
}

/** A route that forgot to say who may call it must not come up open. */
function refuseUndeclared(url: string, config: FastifyContextConfig = {}): void {
  if (surfaceOf(url) === 'open' || config.access || config.operator) return;
  throw new Error(`the route ${url} does not say who may call it`);
}

/** HTTP/1.1 asks for it, and asks servers to insist. */
function refuseNamelessHost({ headers, raw }: FastifyRequest): void {
  if (headers.host !== undefined || raw.httpVersion !== '1.1') return;
  const issues = [{ path: 'header', code: 'required', message: 'Host is required' }];
  throw fail('validation_failed', 'the request names no Host', { issues });
}

/** A stream has no end that a HEAD could describe (01 §10). */
function isHeadOfStream(method: string, pattern: string | undefined): boolean {
  return method === 'HEAD' && pattern?.endsWith('/stream') === true;
}

function requestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && requestIdPattern.test(header) ? header : uuidV7();
}

function refuseUnknownRoute(request: FastifyRequest, reply: FastifyReply): void {
  if (request.method === 'OPTIONS' && surfaceOf(request.url) === 'sdk') return void answerPreflight(reply);
  throw fail('not_found', 'there is no such route', { resource: 'route' });
}

function refuseLargeBody(request: FastifyRequest, bytesMax: number): void {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > bytesMax) throw invalidBody(`body must not exceed ${bytesMax} bytes`, 413);
}

/** The failure of a query that does not decode: the parser would hand it to the route as it was written (01 §12). */
function undecodableQuery(url: string): Failure | undefined {
  const from = url.indexOf('?') + 1;
  if (from === 0 || !url.includes('%', from)) return undefined;
  try {
    decodeURIComponent(url.slice(from));
    return undefined;
  } catch {
    const issues = [{ path: 'query', code: 'format', message: 'cannot be decoded' }];
    return fail('validation_failed', 'the query cannot be decoded', { issues });
  }
}

/** What a caller must show wherever it goes on a surface, and how often it may (01 §4, steps 2 to 4). */
async function checkCredentials(hooks: Hooks, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  switch (surfaceOf(request.url)) {
    case 'sdk':
      await hooks.access.checkKey(request, reply, { key: 'client_sdk', bucket: sdkBucketOf(request.method) });
      return;
    case 'server':
      await hooks.access.checkKey(request, reply, { key: 'server_integration', bucket: 'server_api' });
      return;
    case 'admin':
      await hooks.operators.check(request, reply, 'operator');
      return;
    case 'open':
  }
}

function sdkBucketOf(method: string): 'sdk_read' | 'sdk_write' {
  return method === 'GET' || method === 'HEAD' ? 'sdk_read' : 'sdk_write';
}
