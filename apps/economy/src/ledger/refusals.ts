import { fail, type Failure } from '@kraty/platform/errors';
import type { Refusal, Shortfall } from './ledger.js';

/** A refusal of the ledger as callers see it (08 §6). */
export function refusalFailure(refusal: Refusal): Failure {
  switch (refusal.reason) {
    case 'insufficient_balance':
      return insufficientBalance(refusal.shortfalls);
    case 'balance_limit':
      return balanceLimit(refusal);
  }
}

/** `details` name the first short resource; an operation with several carries all of them beside it. */
export function insufficientBalance(shortfalls: readonly [Shortfall, ...Shortfall[]]): Failure {
  const [first] = shortfalls;
  const all = shortfalls.length > 1 ? { shortfalls } : {};
  return fail('conflict', `not enough ${first.resource}`, { reason: 'insufficient_balance', ...first, ...all });
}

function balanceLimit({ reason, resource, max, have }: Extract<Refusal, { reason: 'balance_limit' }>): Failure {
  return fail('conflict', `${resource} would pass its limit`, { reason, resource, max, have });
}

export function unknownResource(key: string): Failure {
  return fail('not_found', `there is no resource ${key}`, { resource: key });
}
