import { fail, type Failure } from '@kraty/platform/errors';
import type { Refusal, Shortfall } from './ledger.js';

/** A refusal of the ledger as callers see it (08 §6); an entry cost has a code of its own (08 §7). */
export function refusalFailure(refusal: Refusal, reason: string): Failure {
  switch (refusal.reason) {
    case 'insufficient_balance':
      return shortfallFailure(refusal.shortfalls, reason);
    case 'balance_limit':
      return balanceLimit(refusal);
  }
}

export function shortfallFailure(shortfalls: readonly [Shortfall, ...Shortfall[]], reason: string): Failure {
  return reason === 'entry_cost' ? insufficientEntryCost(shortfalls) : insufficientBalance(shortfalls);
}

/** The first short line in the order of the cost, with all of them beside it (08 §7). */
function insufficientEntryCost(shortfalls: readonly [Shortfall, ...Shortfall[]]): Failure {
  const [first] = shortfalls;
  const message = `not enough ${first.resource} to enter — need ${first.needed}`;
  return fail('insufficient_entry_cost', message, { ...first, shortfalls });
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

/** A progression that follows another resource is written by nobody else (08 §6). */
export function derivedResource(key: string): Failure {
  return fail('conflict', `${key} follows another resource`, { reason: 'derived_resource', resource: key });
}
