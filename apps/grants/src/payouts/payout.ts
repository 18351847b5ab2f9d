import type { Scope } from '@kraty/contracts/common';
import type { Grant, GrantContents, GrantedEntry, LadderNotice, RewardContents } from '@kraty/contracts/grants';
import type { RollContents } from '../rolls/roll-contents.js';

/**
 * What a payout gives: something to roll, what was settled before and is given as it is (07 §5.4), or a notice of what
 * has happened elsewhere (06 §9).
 */
export type PayoutContents = RollContents | { settled: readonly GrantedEntry[] } | { notice: LadderNotice };

/** One logical payout that is due (07 §3.1). */
export interface PayoutOrder {
  scope: Scope;
  playerId: string;
  externalPlayerId: string;
  payoutKey: string;
  contents: PayoutContents;
  /** The instant whose revisions count. */
  pinAt: Date;
  sourceKind: string;
  sourceRefId: string;
}

/** What a policy states, as a roll takes it. */
export function rollContentsOf(stated: RewardContents): RollContents {
  return 'entries' in stated ? { entries: stated.entries } : { bundleKey: stated.rewardBundleKey };
}

/** What has to be rolled of it: a settled share and a notice need neither configuration nor luck. */
export function rollableOf(contents: PayoutContents): RollContents {
  return 'notice' in contents || 'settled' in contents ? { entries: [] } : contents;
}

export interface BatchGrant {
  kind: Grant['kind'];
  contents: GrantContents;
}

/** One payout's grants in order: all that is no crate in one, then one a crate unit (07 §5.2). */
export function batchOf(rolled: readonly GrantedEntry[]): BatchGrant[] {
  const entries = rolled.filter((entry) => entry.type !== 'crate');
  const reward: BatchGrant[] = entries.length > 0 ? [{ kind: 'reward', contents: { entries } }] : [];
  return [...reward, ...cratesOf(rolled)];
}

/** Each unit of a crate is a grant of its own (07 §4). */
export function cratesOf(rolled: readonly GrantedEntry[]): BatchGrant[] {
  return rolled.flatMap((entry) => {
    if (entry.type !== 'crate') return [];
    const { crateItemKey, quantity } = entry;
    return Array.from({ length: quantity }, () => ({
      kind: 'crate' as const,
      contents: { crateItemKey, entries: [{ type: 'crate' as const, crateItemKey, quantity: 1 }] },
    }));
  });
}

/** A fact may stand twice in a batch; rows are written in the order of their key, so that no two batches deadlock. */
export function distinctInOrder(orders: readonly PayoutOrder[]): PayoutOrder[] {
  const byKey = new Map(
    orders.map((order) => [`${order.scope.gameId}:${order.scope.environment}:${order.payoutKey}`, order]),
  );
  return [...byKey.values()].toSorted((left, right) => (left.payoutKey < right.payoutKey ? -1 : 1));
}
