import type { Schema } from '@kraty/contracts/schemas';
import type { DocumentedSurface } from './routes.js';

const apiKey: Schema = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: '<prefix>.<secret>',
  description: 'API key of the game and environment; it alone says which studio, game and environment are meant.',
};

const playerSecret: Schema = {
  type: 'apiKey',
  in: 'header',
  name: 'X-Player-Secret',
  description: 'Secret of the player in the path, from the reply of register.',
};

/** What proves a caller, by surface (01 §§2–3). */
export function securitySchemes(surface: DocumentedSurface): Record<string, Schema> {
  return surface === 'sdk' ? { apiKey, playerSecret } : { apiKey };
}

const text: Schema = { type: 'string' };
const seconds: Schema = { type: 'integer', minimum: 0 };
const count: Schema = { type: 'integer', minimum: 0 };

/** Headers of replies, referred to by name. */
export const headerComponents: Readonly<Record<string, Schema>> = {
  'X-Request-Id': { description: "The caller's own request id where it sent one, else a new one.", schema: text },
  'RateLimit-Limit': { description: 'Requests a minute; absent where there is no limit.', schema: count },
  'RateLimit-Remaining': { description: 'Requests left in this minute.', schema: count },
  'RateLimit-Reset': { description: 'Seconds to the end of this minute.', schema: seconds },
  'Retry-After': { description: 'Seconds to wait; 0 where waiting cannot help.', schema: seconds },
  'WWW-Authenticate': { description: 'Always `Bearer`.', schema: { const: 'Bearer' } },
  'Idempotency-Replayed': {
    description: '`true` when the reply is the recorded one of an earlier call with the same key; else absent.',
    schema: { const: 'true' },
  },
  ETag: { description: 'Names this version of the reply.', schema: text },
};
