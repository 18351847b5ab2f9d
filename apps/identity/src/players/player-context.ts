import type { Json } from '@kraty/contracts/common';
import { storable } from '../common/storable.js';

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
  if (email === null) return { snapshot: storable(playerContext), email: null };
  const { email: _lifted, ...rest } = playerContext;
  return { snapshot: storable(rest), email };
}

/** Trimmed and lower-cased; null for what is no address. */
export function validEmail(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const email = value.trim().toLowerCase();
  if (email.length > emailCharactersMax) return null;
  return /^[^@\s\p{Cc}]+@[^@\s\p{Cc}]+$/u.test(email) ? email : null;
}
