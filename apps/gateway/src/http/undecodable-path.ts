import { errorEnvelope, fail, failureHeaders, toFailure, type Failure } from '@kraty/platform/errors';
import { allowBrowsers } from './cors.js';
import type { FastifyReply, FastifyRequest } from './request-context.js';
import { surfaceOf } from './surfaces.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** What a surface asks of everybody, whatever the route (01 §4, steps 2 to 4). */
    checkCredentials(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  }
}

/**
 * Answers a request whose path does not decode. It never reaches a route, but like every other it is told why only
 * after its credentials have been looked at (01 §4).
 */
export async function refuseUndecodablePath(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  request.kraty = { requestId: request.id };
  reply.header('x-request-id', request.id).header('cache-control', 'no-store');
  if (surfaceOf(request.url) === 'sdk') allowBrowsers(reply);
  const failure = await failureOf(request, reply);
  reply
    .code(failure.status)
    .headers(failureHeaders(failure))
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(errorEnvelope(failure)));
}

async function failureOf(request: FastifyRequest, reply: FastifyReply): Promise<Failure> {
  try {
    await request.server.checkCredentials(request, reply);
    const issues = [{ path: 'path', code: 'format', message: 'cannot be decoded' }];
    return fail('validation_failed', 'the path cannot be decoded', { issues });
  } catch (error) {
    return toFailure(error);
  }
}
