import type { FastifyReply } from './request-context.js';

/** Browsers may call /sdk/v1 from anywhere, without credentials mode (01 §14). */
const shared = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, idempotency-replayed, etag, x-request-id',
};

const preflight = {
  ...shared,
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'authorization, content-type, accept, if-none-match, x-kraty-sdk, x-player-secret, x-request-id',
  'access-control-max-age': '86400',
};

/** Headers of every reply under /sdk/v1. */
export function allowBrowsers(reply: FastifyReply): void {
  reply.headers(shared);
}

/** The answer to a preflight: 204, without credentials. */
export function answerPreflight(reply: FastifyReply): FastifyReply {
  return reply.code(204).headers(preflight).send();
}
