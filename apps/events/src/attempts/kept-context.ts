import type { Json } from '@kraty/contracts/common';
import type { StartAttempt } from '@kraty/contracts/events';

const emailCharactersMax = 254;

/** What the request brings; null when it brings nothing: the player's last context stays as it is (02 §3). */
export function newContext({ playerContext }: StartAttempt): Json | null {
  return playerContext === null || Object.keys(playerContext).length === 0 ? null : playerContext;
}

/** What is kept of it: an email address goes to the player's record alone (12 §5). */
export function keptContext(call: StartAttempt): Json | null {
  const context = newContext(call);
  if (context === null || !isEmail(context['email'])) return context;
  const { email: _lifted, ...rest } = context;
  return rest;
}

function isEmail(value: unknown): boolean {
  const email = typeof value === 'string' ? value.trim() : '';
  return email.length <= emailCharactersMax && /^[^@\s\p{Cc}]+@[^@\s\p{Cc}]+$/u.test(email);
}
