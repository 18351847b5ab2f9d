import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import {
  checkPageMax,
  listDeposits,
  readOperations,
  violationsToldMax,
  type CheckedPage,
  type MovedByOperation,
  type Violation,
} from '@kraty/contracts/economy';
import { Messenger } from '@kraty/platform/messaging';
import { depositViolation, type DepositedGrant } from './deposits.js';
import { InvariantsStore } from './invariants.store.js';

const firstId = '00000000-0000-0000-0000-000000000000';
/** Nobody waits for a check. Milliseconds. */
const deadlineMs = 30_000;

/** What must always be true between grants, their deposits and the pools they come from (08 §12). */
@Injectable()
export class InvariantsService {
  constructor(
    private readonly store: InvariantsStore,
    private readonly messenger: Messenger,
  ) {}

  /**
   * Grants are read first: whatever is claimed by then has its deposit. The first page of all of them looks for what
   * merges have left behind as well.
   */
  async claims(after: string | null, percentile: number | null): Promise<CheckedPage> {
    const grants = await this.store.deposited(after ?? firstId, percentile, checkPageMax);
    const isBeginning = after === null && percentile === null;
    const violations = isBeginning ? await this.store.leftBehind(violationsToldMax) : [];
    for (const ofScope of byScope(grants)) {
      const moved = await this.movedBy(ofScope);
      for (const grant of ofScope) {
        const violation = depositViolation(grant, moved.get(`grant:${grant.id}`));
        if (violation) violations.push(violation);
      }
    }
    return pageOf(grants.length, violations, grants.at(-1)?.id);
  }

  /** Deposits are read first: whatever is deposited by then is claimed, or being claimed. */
  async deposits(after: string | null): Promise<CheckedPage> {
    const { deposits, next } = await this.messenger.request(listDeposits, { after }, { deadlineMs });
    const unclaimed = await this.store.unclaimed(deposits.map(({ grantId }) => grantId));
    const violations = deposits.flatMap(({ grantId, scope }) => {
      const status = unclaimed.get(grantId);
      if (status === undefined) return [];
      const { gameId, environment } = scope;
      const subject = `grant ${grantId}`;
      return [{ check: 'deposit_is_claimed', gameId, environment, subject, expected: 'claimed', found: status }];
    });
    return { checked: deposits.length, violations: violations.slice(0, violationsToldMax), next };
  }

  async pools(after: string | null): Promise<CheckedPage> {
    const { cursors, violations } = await this.store.pools(after ?? '', checkPageMax);
    return pageOf(cursors.length, violations, cursors.at(-1));
  }

  private async movedBy(grants: readonly DepositedGrant[]): Promise<Map<string, MovedByOperation>> {
    const [{ studioId, gameId, environment }] = grants as [DepositedGrant];
    const scope: Scope = { studioId, gameId, environment };
    const operationIds = grants.map(({ id }) => `grant:${id}`);
    const { operations } = await this.messenger.request(readOperations, { scope, operationIds }, { deadlineMs });
    return new Map(operations.map((operation) => [operation.operationId, operation]));
  }
}

function byScope(grants: readonly DepositedGrant[]): DepositedGrant[][] {
  const scopes = new Map<string, DepositedGrant[]>();
  for (const grant of grants) {
    const name = `${grant.gameId} ${grant.environment}`;
    scopes.set(name, [...(scopes.get(name) ?? []), grant]);
  }
  return [...scopes.values()];
}

function pageOf(checked: number, violations: Violation[], last: string | undefined): CheckedPage {
  const next = checked < checkPageMax ? null : (last ?? null);
  return { checked, violations: violations.slice(0, violationsToldMax), next };
}
