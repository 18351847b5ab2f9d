import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ProcessConfiguration } from '../configuration/index.js';
import { FailureFilter } from '../errors/index.js';
import type { Health } from '../health/index.js';
import { NestLogger, runInRequest } from '../logging/index.js';
import type { HttpDoor } from './define-service.js';
import type { Ground } from './ground.js';
import { PlatformModule } from './platform.module.js';
import type { Resources } from './resources.js';
import type { Serving } from './start-service.js';

/** A door: a Nest application on Fastify that asks the contexts over NATS. */
export async function startHttp<C extends ProcessConfiguration>(
  ground: Ground<C>,
  resources: Resources,
  door: HttpDoor<C>,
): Promise<Serving> {
  const { configuration, health, logger } = ground;
  const root = await PlatformModule.rootOf(ground, resources);
  // The door reads bodies by its own rules; Nest's parsers would answer before them.
  const options = { logger: new NestLogger(logger), abortOnError: false, bodyParser: false };
  const app = await NestFactory.create<NestFastifyApplication>(root, door.createAdapter(configuration), options);
  app.useGlobalFilters(app.get(FailureFilter));
  rememberRequests(app);
  letConnectionsGo(app, health);
  dropUnusedConnections(app);
  await door.configure?.(app, configuration);
  const { host, port } = door.address(configuration);
  await app.listen(port, host);
  return { app, url: urlOf(host, app.getHttpServer().address() as AddressInfo) };
}

/**
 * Puts every log line, failure and message of a request under its id. Once: what reads a body leaves the asynchronous
 * flow of the request for that of its socket, and Fastify brings it back.
 */
function rememberRequests(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', ({ id }, _reply, done) => runInRequest({ requestId: id }, done));
}

/**
 * Keep-alive connections outlive their requests. While draining each reply asks its client to connect anew, elsewhere,
 * so that at the end only idle ones are left, and those Fastify closes itself.
 */
function letConnectionsGo(app: NestFastifyApplication, health: Health): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (health.draining) reply.header('connection', 'close');
    done();
  });
}

/**
 * Clients open connections ahead of need. Node takes one that never carried a request for a busy one and would wait for
 * it until its time-out, so they are ended when the server closes.
 */
function dropUnusedConnections(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const unused = new Set<Socket>();
  let closing = false;
  fastify.server.on('connection', (socket: Socket) => {
    if (closing) return socket.destroy();
    unused.add(socket);
    return socket.once('close', () => unused.delete(socket));
  });
  fastify.server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  fastify.addHook('preClose', (done) => {
    closing = true;
    for (const socket of unused) socket.destroy();
    done();
  });
}

function urlOf(host: string, { port }: AddressInfo): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
