import type { JsonValue } from '@kraty/contracts/common';
import type { Condition, ConditionLeaf, ConditionPeriod } from '@kraty/contracts/events';
import { amountOf, completionId, type PlayerFacts } from './player-facts.js';

/** The node a refusal names, and where it stands in the tree: `conditions[1].condition`; the root has the empty path. */
export interface FailingNode {
  node: Condition;
  path: string;
}

/** Left to right, as far as needed (05 §11). Null = the condition holds. `not` and `or` fail as a whole. */
export function failingNode(condition: Condition, facts: PlayerFacts, path = ''): FailingNode | null {
  if (condition.type !== 'and') return holds(condition, facts) ? null : { node: condition, path };
  for (const [at, child] of condition.conditions.entries()) {
    const failing = failingNode(child, facts, `${path === '' ? '' : `${path}.`}conditions[${at}]`);
    if (failing !== null) return failing;
  }
  return null;
}

export function holds(condition: Condition, facts: PlayerFacts): boolean {
  switch (condition.type) {
    case 'not':
      return !holds(condition.condition, facts);
    case 'and':
      return condition.conditions.every((child) => holds(child, facts));
    case 'or':
      return condition.conditions.some((child) => holds(child, facts));
    default:
      return leafHolds(condition, facts);
  }
}

function leafHolds(leaf: ConditionLeaf, facts: PlayerFacts): boolean {
  switch (leaf.type) {
    case 'completed_event_at_least_once':
      return timesCompleted(leaf, facts) >= 1;
    case 'completed_event_times_at_least':
      return timesCompleted(leaf, facts) >= leaf.count;
    case 'has_item':
      return amountOf(facts, { type: 'item', key: leaf.itemKey }) >= (leaf.quantity ?? 1);
    case 'currency_at_least':
      return amountOf(facts, { type: 'economy', key: leaf.currencyKey }) >= leaf.amount;
    case 'progression_at_least':
      return amountOf(facts, { type: 'economy', key: leaf.economyKey }) >= leaf.amount;
    case 'context_equals':
    case 'context_in':
    case 'context_at_least':
    case 'context_at_most':
      return contextHolds(leaf, contextValue(facts, leaf.key));
    case 'country_in':
      return facts.country !== null && leaf.countries.includes(facts.country);
    case 'player_age_at_least':
      return facts.nowMs - (facts.firstSeenAtMs ?? facts.nowMs) >= leaf.seconds * 1_000;
    case 'time_between':
      return isBetween(facts.nowMs, leaf.from, leaf.to);
    case 'always':
      return true;
    case 'never':
      return false;
  }
}

type ContextLeaf = Extract<ConditionLeaf, { type: `context_${string}` }>;

/** Strict: nothing is converted, and what is missing is equal to nothing. */
function contextHolds(leaf: ContextLeaf, value: JsonValue | undefined): boolean {
  if (leaf.type === 'context_equals') return value === leaf.value;
  if (leaf.type === 'context_in') return leaf.values.some((candidate) => candidate === value);
  if (typeof value !== 'number') return false;
  return leaf.type === 'context_at_least' ? value >= leaf.value : value <= leaf.value;
}

function contextValue({ context }: PlayerFacts, key: string): JsonValue | undefined {
  return Object.hasOwn(context, key) ? context[key] : undefined;
}

function timesCompleted(
  { eventKey, within = 'lifetime' }: { eventKey: string; within?: ConditionPeriod },
  facts: PlayerFacts,
): number {
  return facts.completions.get(completionId({ eventKey, within })) ?? 0;
}

/** From its first instant on, up to its last and without it. */
function isBetween(nowMs: number, from?: string | null, to?: string | null): boolean {
  const hasBegun = from == null || Date.parse(from) <= nowMs;
  return hasBegun && (to == null || nowMs < Date.parse(to));
}
