import type { ResourceDelta } from '@kraty/contracts/economy';
import { fail, type Failure } from '@kraty/platform/errors';
import { amountOf, needAmount, type FactNeeds, type PlayerFacts, type Resource } from '../conditions/player-facts.js';
import type { EntryPrice } from '../definitions/event-definition.js';

interface PriceLine {
  resource: Resource;
  needed: number;
}

interface Shortfall {
  resource: string;
  needed: number;
  have: number;
}

export function needsOfPrice(price: EntryPrice | null, needs: FactNeeds): void {
  for (const { resource } of linesOf(price)) needAmount(needs, resource);
}

/** A look that binds nobody (05 §8.1, step 11): null when the player could pay at this moment. */
export function shortOf(price: EntryPrice, facts: PlayerFacts): Failure | null {
  const shortfalls: Shortfall[] = [];
  for (const { resource, needed } of linesOf(price)) {
    const have = amountOf(facts, resource);
    if (have < needed) shortfalls.push({ resource: resource.key, needed, have });
  }
  const [first] = shortfalls;
  if (first === undefined) return null;
  const message = `not enough ${first.resource} to enter — need ${first.needed}`;
  return fail('insufficient_entry_cost', message, { ...first, shortfalls });
}

/** What is taken, in the order in which shortfalls are told: currencies, then items (05 §12). */
export function deltasOf(price: EntryPrice): ResourceDelta[] {
  return linesOf(price).map(({ resource, needed }) => ({ ...resource, delta: -needed }));
}

/** The same for every start of the window, so that the economy takes it once (08 §7). */
export function operationIdOf(charge: { eventWindowId: string; playerId: string; n: number }): string {
  return `entry:${charge.eventWindowId}:${charge.playerId}:c${charge.n}`;
}

function linesOf(price: EntryPrice | null): PriceLine[] {
  if (price === null) return [];
  const currencies = price.currencies.map(({ key, amount }) => line('economy', key, amount));
  return [...currencies, ...price.items.map(({ key, quantity }) => line('item', key, quantity))];
}

const line = (type: Resource['type'], key: string, needed: number): PriceLine => ({ resource: { type, key }, needed });
