import type { Scope } from '@kraty/contracts/common';
import type { AttemptCompleted } from '@kraty/contracts/events';
import type { Grant, GrantedEntry } from '@kraty/contracts/grants';
import type { Fact } from '@kraty/contracts/messages';
import type { RollableEntry } from '../rolls/roll.js';

/** Where the entries of a payout come from: a bundle in its revision of `pinAt`, or the policy itself. */
export type PayoutContents = { bundleKey: string } | { entries: readonly RollableEntry[] };

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

/** What the completion of an attempt pays; null when its policy pays nothing. */
export function orderOf({ scope, payload }: Fact<AttemptCompleted>): PayoutOrder | null {
  if (!payload.rewardPolicy || !scope.environment) return null;
  const { parameters } = payload.rewardPolicy;
  return {
    scope: { ...scope, environment: scope.environment },
    playerId: payload.playerId,
    externalPlayerId: payload.externalPlayerId,
    payoutKey: `attempt:${payload.attemptId}`,
    contents: 'entries' in parameters ? { entries: parameters.entries } : { bundleKey: parameters.rewardBundleKey },
    pinAt: new Date(payload.completedAt),
    sourceKind: 'event_completion',
    sourceRefId: payload.attemptId,
  };
}

export interface BatchGrant {
  kind: Grant['kind'];
  contents: Grant['contents'];
}

/** One payout's grants in order: all that is no crate in one, then one a crate unit (07 §5.2). */
export function batchOf(rolled: readonly GrantedEntry[]): BatchGrant[] {
  const entries = rolled.filter((entry) => entry.type !== 'crate');
  const reward: BatchGrant[] = entries.length > 0 ? [{ kind: 'reward', contents: { entries } }] : [];
  return [...reward, ...rolled.flatMap(cratesOf)];
}

function cratesOf(entry: GrantedEntry): BatchGrant[] {
  if (entry.type !== 'crate') return [];
  const { crateItemKey, quantity } = entry;
  return Array.from({ length: quantity }, () => ({
    kind: 'crate' as const,
    contents: { crateItemKey, entries: [{ type: 'crate' as const, crateItemKey, quantity: 1 }] },
  }));
}

/** A fact may stand twice in a batch; rows are written in the order of their key, so that no two batches deadlock. */
export function distinctInOrder(orders: readonly PayoutOrder[]): PayoutOrder[] {
  const byKey = new Map(
    orders.map((order) => [`${order.scope.gameId}:${order.scope.environment}:${order.payoutKey}`, order]),
  );
  return [...byKey.values()].toSorted((left, right) => (left.payoutKey < right.payoutKey ? -1 : 1));
}
