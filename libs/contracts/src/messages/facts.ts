import type { Context, Environment, GameScope, Iso } from '../common/index.js';

declare const payload: unique symbol;

/**
 * What a consumer may do with an old fact.
 * `state`: it holds the aggregate as it was at `revision`; compare revisions and drop the older.
 * `change`: it says what was added; deduplicate by id and never drop it for being late.
 */
export type FactCarries = 'state' | 'change';

/** Something that has happened, published by the context that owns it. */
export interface FactType<P> {
  readonly context: Context;
  readonly aggregate: string;
  readonly happened: string;
  readonly carries: FactCarries;
  /** `kraty.fact.<context>.<aggregate>.<happened>`; a partitioned fact adds one token, the partition number. */
  readonly subject: string;
  /** Number of partitions, or 1. The partition is chosen by the staged fact's `partitionKey`. */
  readonly partitions: number;
  /** Carries the type only; never set. */
  readonly [payload]?: P;
}

/** Declares a fact; words are lower case with dashes. */
export function fact<P>(
  context: Context,
  aggregate: string,
  happened: string,
  carries: FactCarries,
  options: { partitions?: number } = {},
): FactType<P> {
  const subject = `kraty.fact.${context}.${aggregate}.${happened}`;
  return { context, aggregate, happened, carries, subject, partitions: options.partitions ?? 1 };
}

/** A fact about a definition belongs to a game; a fact made by play also names its environment. */
export interface FactScope extends GameScope {
  environment?: Environment;
}

/** One fact as consumers see it. */
export interface Fact<P> {
  /** UUID v7, the same in every delivery and replay. */
  id: string;
  /** `FactType.subject` without a partition. */
  type: string;
  scope: FactScope;
  aggregateId: string;
  /** Grows by at least 1 with each change of the aggregate. */
  revision: number;
  occurredAt: Iso;
  payload: P;
}

/** One message of the broker: facts of one subject that were committed together. */
export interface FactEnvelope {
  id: string;
  subject: string;
  facts: Fact<unknown>[];
}

/** Told to the publisher when every handler of a context has committed an envelope. */
export interface AppliedNotice {
  context: Context;
  envelopeIds: string[];
}
