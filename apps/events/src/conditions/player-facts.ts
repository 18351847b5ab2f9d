import type { Json } from '@kraty/contracts/common';
import type { Condition, ConditionPeriod } from '@kraty/contracts/events';

/** Something a player holds. */
export interface Resource {
  type: 'item' | 'economy';
  key: string;
}

/** How often a player has completed an event; counted no further than `atLeast`. */
export interface CompletionNeed {
  eventKey: string;
  within: ConditionPeriod;
  atLeast: number;
}

/** What must be read before conditions, prices and segments can be judged. */
export interface FactNeeds {
  completions: Map<string, CompletionNeed>;
  amounts: Map<string, Resource>;
  /** Country and age of the player. */
  traits: boolean;
}

/** One player at one instant, as far as was needed. What was never touched is 0; an unknown player has nothing. */
export interface PlayerFacts {
  nowMs: number;
  /** The request's context over the last one. */
  context: Json;
  completions: ReadonlyMap<string, number>;
  amounts: ReadonlyMap<string, number>;
  country: string | null;
  /** Null = nobody the server knows. */
  firstSeenAtMs: number | null;
}

export function noNeeds(): FactNeeds {
  return { completions: new Map(), amounts: new Map(), traits: false };
}

export function completionId({ eventKey, within }: Pick<CompletionNeed, 'eventKey' | 'within'>): string {
  return `${within} ${eventKey}`;
}

export function resourceId({ type, key }: Resource): string {
  return `${type} ${key}`;
}

export function amountOf(facts: PlayerFacts, resource: Resource): number {
  return facts.amounts.get(resourceId(resource)) ?? 0;
}

export function needAmount(needs: FactNeeds, resource: Resource): void {
  needs.amounts.set(resourceId(resource), resource);
}

/** Adds what a well-formed tree asks for, of every branch: which of them are reached is not known before. */
export function needsOfCondition(condition: Condition | null, needs: FactNeeds): void {
  if (condition === null) return;
  switch (condition.type) {
    case 'not':
      return needsOfCondition(condition.condition, needs);
    case 'and':
    case 'or':
      return condition.conditions.forEach((child) => needsOfCondition(child, needs));
    case 'completed_event_at_least_once':
      return needCompletions(needs, condition, 1);
    case 'completed_event_times_at_least':
      return needCompletions(needs, condition, condition.count);
    case 'has_item':
      return needAmount(needs, { type: 'item', key: condition.itemKey });
    case 'currency_at_least':
      return needAmount(needs, { type: 'economy', key: condition.currencyKey });
    case 'progression_at_least':
      return needAmount(needs, { type: 'economy', key: condition.economyKey });
    case 'country_in':
    case 'player_age_at_least':
      needs.traits = true;
      return;
    default:
      // The context comes with the request, and the time is at hand.
      return;
  }
}

function needCompletions(
  needs: FactNeeds,
  { eventKey, within = 'lifetime' }: { eventKey: string; within?: ConditionPeriod },
  atLeast: number,
): void {
  const need = { eventKey, within, atLeast };
  const known = needs.completions.get(completionId(need));
  needs.completions.set(completionId(need), { ...need, atLeast: Math.max(atLeast, known?.atLeast ?? 0) });
}
