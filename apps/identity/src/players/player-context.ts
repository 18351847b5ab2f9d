import type { Json, JsonValue } from '@kraty/contracts/common';

const emailCharactersMax = 254;

/** What a start leaves with the player: the context without the email, and the email (12 §5). */
export interface ContextTaken {
  /** Null leaves the stored snapshot as it is. */
  snapshot: Json | null;
  email: string | null;
}

/** Lifts a valid `email` out of the context a client sent with a start. */
export function takeContext(playerContext: Json | null): ContextTaken {
  if (playerContext === null || Object.keys(playerContext).length === 0) return { snapshot: null, email: null };
  const email = validEmail(playerContext['email']);
  if (email === null) return { snapshot: storable(playerContext) as Json, email: null };
  const { email: _lifted, ...rest } = playerContext;
  return { snapshot: storable(rest) as Json, email };
}

/** Trimmed and lower-cased; null for what is no address. */
export function validEmail(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const email = value.trim().toLowerCase();
  if (email.length > emailCharactersMax) return null;
  return /^[^@\s\p{Cc}]+@[^@\s\p{Cc}]+$/u.test(email) ? email : null;
}

/** PostgreSQL's jsonb refuses NUL and unpaired surrogates, which JSON allows: one such text must not stop a batch. */
function storable(value: JsonValue): JsonValue {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), storable(inner)]));
}

function storableText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\u0000', '');
}
