import type { Environment, Iso, Scope } from '../common/index.js';
import type { OperatorAct } from '../identity/index.js';
import { request } from '../messages/index.js';
import type { ResourceType } from './operations.js';

/** A row that contradicts what must always be true (08 §12), named so that somebody can look at it. */
export interface Violation {
  check: string;
  gameId: string;
  environment: string;
  /** The player, resource, operation, grant or pool. */
  subject: string;
  expected: string;
  found: string;
}

/** What makes two findings one: the same thing is broken, whatever its numbers are by now. */
export function findingName({ check, gameId, environment, subject }: Violation): string {
  return ['invariant', check, gameId, environment, subject].join('\n');
}

/** A finding of the periodic checks, as identity puts it on record once (08 §13). */
export function findingAct(
  violation: Violation,
  { auditId, studioId, foundAt }: { auditId: string; studioId: string; foundAt: Iso },
): OperatorAct {
  const { check, gameId, environment, subject, expected, found } = violation;
  return {
    ...{ auditId, studioId, gameId, environment: environment as Environment, actedAt: foundAt },
    actor: { type: 'system', id: null, label: 'system' },
    action: 'invariant.violated',
    target: { type: 'invariant', id: check, label: subject },
    ...{ reason: null, before: null, after: null, metadata: { check, subject, expected, found } },
    ...{ requestId: auditId, ip: null, userAgent: null },
  };
}

/** Violations told in one answer; more are only counted. */
export const violationsToldMax = 100;

/** One page of a check, and where the next begins; null = that was the last. */
export interface CheckedPage {
  checked: number;
  violations: Violation[];
  next: string | null;
}

/** Players, grants or pools of one page. */
export const checkPageMax = 500;

/**
 * Σ ledger = holding for each resource of some players, nothing below 0 or beyond the limit, and no two rows of one
 * resource in one operation. `percentile` = only the players of that hundredth.
 */
export const checkHoldings = request<{ after: string | null; percentile: number | null }, CheckedPage>(
  'economy',
  'check-holdings',
);

/** Σ ledger = Σ holdings for each resource of each game, at one instant: minted − burned = held. */
export const checkTotals = request<Record<string, never>, CheckedPage>('economy', 'check-totals');

/** What an operation has moved, summed by resource. */
export interface MovedByOperation {
  operationId: string;
  resources: { type: ResourceType; key: string; delta: number }[];
}

/** At most 500 operations of one scope; those that moved nothing are left out. */
export const readOperations = request<{ scope: Scope; operationIds: string[] }, { operations: MovedByOperation[] }>(
  'economy',
  'read-operations',
);

/** Deposits of grants in the order of the ledger, each by the grant's id, in pages. */
export const listDeposits = request<
  { after: string | null },
  { deposits: { ledgerId: string; scope: Scope; grantId: string }[]; next: string | null }
>('economy', 'list-deposits');
