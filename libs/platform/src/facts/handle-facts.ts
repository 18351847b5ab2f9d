import type { Fact, FactType } from '@kraty/contracts/messages';
import { SetMetadata } from '@nestjs/common';

/** Facts handed over in one call unless a handler says otherwise. */
export const batchFactsDefault = 100;

export interface HandleFactsOptions {
  /** Facts handed over in one call, at most. */
  batch?: number;
  /**
   * A name makes a durable consumer of its own, with its own pace: a slow handler that holds up nobody else's facts.
   * Nobody waits for it in `carry`.
   */
  consumer?: string;
}

export interface HandledFacts extends HandleFactsOptions {
  type: FactType<unknown>;
}

export const handledFactsKey = Symbol('kraty:handled-facts');

type FactsMethod<P> = (facts: Fact<P>[]) => Promise<void>;

/**
 * Marks a method of a controller or provider as the handler of a fact type. It gets facts in batches and must be
 * idempotent: any fact may come again at any time. When it throws, the facts are tried one by one.
 */
export function HandleFacts<P>(type: FactType<P>, options: HandleFactsOptions = {}) {
  return (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<FactsMethod<P>>): void => {
    const handled: HandledFacts = { ...options, type };
    SetMetadata(handledFactsKey, handled)(target, key, descriptor);
  };
}
