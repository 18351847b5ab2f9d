import type { Context } from '@kraty/contracts/common';
import type { Fact } from '@kraty/contracts/messages';
import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { durableName } from './consumer-name.js';
import { filterOf } from './envelopes.js';
import { FactConsumer, type ConsumerGround, type ConsumerSpec } from './fact-consumer.js';
import { batchFactsDefault, handledFactsKey, type HandledFacts } from './handle-facts.js';

type Apply = (facts: Fact<unknown>[]) => Promise<void>;

interface FoundHandler extends HandledFacts {
  apply: Apply;
}

/** All `@HandleFacts` methods of a service: found once, run as one consumer for each durable. */
export class FactConsumers {
  private consumers: FactConsumer[] = [];

  constructor(
    private readonly context: Context,
    private readonly ground: ConsumerGround,
  ) {}

  /** Resolves when all durables stand. */
  async start(discovery: DiscoveryService): Promise<void> {
    const specs = consumerSpecs(this.context, found(discovery));
    this.consumers = specs.map((spec) => new FactConsumer(spec, this.ground));
    await Promise.all(this.consumers.map((consumer) => consumer.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.consumers.splice(0).map((consumer) => consumer.stop()));
  }
}

/** Singletons only: a request-scoped handler would be built anew for every batch. */
function found(discovery: DiscoveryService): FoundHandler[] {
  const wrappers = [...discovery.getProviders(), ...discovery.getControllers()];
  const instances = new Set(wrappers.filter((one) => one.isDependencyTreeStatic()).map((one): unknown => one.instance));
  return [...instances].flatMap((instance) => handlersOf(instance));
}

/** Handlers of one fact type share the context's durable and are called one after the other, unless one has its own. */
export function consumerSpecs(context: Context, handlers: readonly FoundHandler[]): ConsumerSpec[] {
  const groups = new Map<string, FoundHandler[]>();
  for (const handler of handlers) {
    const durable = durableName(context, handler.type, handler.consumer);
    groups.set(durable, [...(groups.get(durable) ?? []), handler]);
  }
  return [...groups].flatMap(([durable, group]) => specOf(context, durable, group));
}

function specOf(context: Context, durable: string, group: FoundHandler[]): ConsumerSpec[] {
  const [first] = group;
  if (first === undefined) return [];
  const batchFacts = Math.min(...group.map(({ batch }) => batch ?? batchFactsDefault));
  const announces = first.consumer === undefined;
  return [
    {
      context,
      producer: first.type.context,
      durable,
      filter: filterOf(first.type),
      batchFacts,
      announces,
      apply: inTurn(group),
    },
  ];
}

function inTurn(group: FoundHandler[]): Apply {
  const [only] = group;
  if (group.length === 1 && only !== undefined) return only.apply;
  return async (facts) => {
    for (const { apply } of group) await apply(facts);
  };
}

function handlersOf(instance: unknown): FoundHandler[] {
  if (typeof instance !== 'object' || instance === null) return [];
  const prototype: unknown = Object.getPrototypeOf(instance);
  if (typeof prototype !== 'object' || prototype === null) return [];
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const method: unknown = (prototype as Record<string, unknown>)[name];
    const handled = metadataOf(method);
    return handled === undefined ? [] : [{ ...handled, apply: (method as Apply).bind(instance) }];
  });
}

function metadataOf(method: unknown): HandledFacts | undefined {
  if (typeof method !== 'function') return undefined;
  return Reflect.getMetadata(handledFactsKey, method) as HandledFacts | undefined;
}
