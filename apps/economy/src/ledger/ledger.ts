import { isMetadata, limits, type Json } from '@kraty/contracts/common';
import type { ResourceDelta, ResourceType } from '@kraty/contracts/economy';

/** Names one resource of a player. */
export interface ResourceName {
  type: ResourceType;
  key: string;
}

/** A holding as it is locked in a transaction. */
export interface Holding extends ResourceName {
  amount: number;
  metadata: Json;
  revision: number;
  initialPaid: boolean;
}

/** What one ledger row says, with what the holding becomes. */
export interface Line extends ResourceName {
  /** Signed, never 0. */
  delta: number;
  balanceAfter: number;
  /** Of the holding, after the change. */
  metadata: Json;
  revision: number;
}

export interface Shortfall {
  resource: string;
  needed: number;
  have: number;
}

/** Why a change cannot be made; nothing of it is. */
export type Refusal =
  | { reason: 'insufficient_balance'; shortfalls: [Shortfall, ...Shortfall[]] }
  | { reason: 'balance_limit'; resource: string; max: number; have: number };

export type Settlement = { lines: Line[]; refusal?: never } | { refusal: Refusal; lines?: never };

export function resourceId({ type, key }: ResourceName): string {
  return `${type}:${key}`;
}

/** One delta a resource, in order of first mention; what cancels out is left away. */
export function sumDeltas(deltas: readonly ResourceDelta[]): ResourceDelta[] {
  const sums = new Map<string, ResourceDelta>();
  for (const delta of deltas) {
    const id = resourceId(delta);
    const before = sums.get(id);
    sums.set(id, before ? combined(before, delta) : { ...delta });
  }
  return [...sums.values()].filter((sum) => sum.delta !== 0);
}

function combined(before: ResourceDelta, added: ResourceDelta): ResourceDelta {
  const sum: ResourceDelta = { ...before, delta: before.delta + added.delta };
  if (added.metadata) sum.metadata = { ...before.metadata, ...added.metadata };
  return sum;
}

/**
 * What summed deltas do to locked holdings: all of them, or the first reason why none (08 §4.1).
 * A resource without a row counts as 0.
 */
export function settle(holdings: ReadonlyMap<string, Holding>, deltas: readonly ResourceDelta[]): Settlement {
  const shortfalls = deltas.flatMap((delta) => shortfallOf(holdings, delta));
  const [first, ...others] = shortfalls;
  if (first) return { refusal: { reason: 'insufficient_balance', shortfalls: [first, ...others] } };
  const over = deltas.find((delta) => amountOf(holdings, delta) + delta.delta > limits.amountMax);
  if (over) return { refusal: overLimit(over.key, amountOf(holdings, over)) };
  return { lines: deltas.map((delta) => lineOf(holdings.get(resourceId(delta)), delta)) };
}

function overLimit(resource: string, have: number): Refusal {
  return { reason: 'balance_limit', resource, max: limits.amountMax, have };
}

function amountOf(holdings: ReadonlyMap<string, Holding>, name: ResourceName): number {
  return holdings.get(resourceId(name))?.amount ?? 0;
}

function shortfallOf(holdings: ReadonlyMap<string, Holding>, delta: ResourceDelta): Shortfall[] {
  const have = amountOf(holdings, delta);
  const needed = -delta.delta;
  return needed > have ? [{ resource: delta.key, needed, have }] : [];
}

/** The line of a delta that has been found possible. */
export function lineOf(holding: Holding | undefined, delta: ResourceDelta): Line {
  return {
    type: delta.type,
    key: delta.key,
    delta: delta.delta,
    balanceAfter: (holding?.amount ?? 0) + delta.delta,
    metadata: mergeMetadata(holding?.metadata ?? {}, delta.metadata ?? {}),
    revision: (holding?.revision ?? 0) + 1,
  };
}

/** Newer keys win; a key that would pass the bounds of metadata is dropped, the rest is kept (08 §3). */
export function mergeMetadata(present: Json, added: Json): Json {
  const whole = { ...present, ...added };
  if (isMetadata(whole)) return whole;
  let merged = present;
  for (const [key, value] of Object.entries(added)) {
    const next = { ...merged, [key]: value };
    if (isMetadata(next)) merged = next;
  }
  return merged;
}
