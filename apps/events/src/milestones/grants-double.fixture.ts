import { Controller, Module } from '@nestjs/common';
import { attemptCompleted, milestoneReached, type AttemptCompleted } from '@kraty/contracts/events';
import { readPayouts, type Grant } from '@kraty/contracts/grants';
import type { Fact, FactType } from '@kraty/contracts/messages';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ServiceConfiguration } from '@kraty/platform/configuration';
import { HandleFacts, type Outbox } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { HandleRequest } from '@kraty/platform/messaging';
import type { Ground } from '@kraty/testing/harness';

/** Longer than a busy machine stalls. Milliseconds. */
export const patienceMs = 20_000;

type PayloadOf<T> = T extends FactType<infer P> ? P : never;
type Reached = PayloadOf<typeof milestoneReached>;

/** Stands for the grants service: makes one grant a milestone, when it is allowed to. */
export class GrantsDouble {
  readonly payouts = new Map<string, Grant[]>();
  /** Attempts whose completion has come, and those whose payout is made. */
  readonly told = new Set<string>();
  readonly completed = new Set<string>();
  /** Keys of every question, in order. */
  readonly asked: string[][] = [];
  private readonly service: Promise<RunningService>;
  private held: Promise<void> = Promise.resolve();
  private release = (): void => {};

  constructor(ground: Ground) {
    const environment = ground.environment('grants');
    this.service = startService(serviceOf(this), { environment });
  }

  async started(): Promise<this> {
    await this.service;
    return this;
  }

  async stop(): Promise<void> {
    this.letGo();
    await (await this.service).stop();
  }

  /** From now on facts wait until `letGo`. */
  hold(): void {
    this.held = new Promise((resolve) => (this.release = resolve));
  }

  letGo(): void {
    this.release();
  }

  /** A completion pays nothing here, but the real service reads it too, and callers wait for that. */
  async complete(completed: readonly AttemptCompleted[]): Promise<void> {
    for (const { attemptId } of completed) this.told.add(attemptId);
    await this.held;
    for (const { attemptId } of completed) this.completed.add(attemptId);
  }

  async pay(reached: readonly Reached[]): Promise<void> {
    await this.held;
    for (const { attemptId, milestone } of reached) {
      const key = `milestone:${attemptId}:${milestone.key}`;
      if (!this.payouts.has(key)) this.payouts.set(key, [grantOf(attemptId, milestone.key)]);
    }
  }

  read(payoutKeys: readonly string[]): Record<string, Grant[]> {
    this.asked.push([...payoutKeys]);
    return Object.fromEntries(
      payoutKeys.flatMap((key) => (this.payouts.has(key) ? [[key, this.payouts.get(key)!]] : [])),
    );
  }
}

/** Replies wait a quarter of a second for grants, which a busy machine outlives; from now on until they are done. */
export function waitForGrants(outbox: Outbox, withinMs = (): number => patienceMs): void {
  const carry = outbox.carry.bind(outbox);
  outbox.carry = (staged, options = {}) =>
    carry(staged, options.awaitApplied?.includes('grants') ? { ...options, withinMs: withinMs() } : options);
}

function serviceOf(double: GrantsDouble) {
  @Controller()
  class Handler {
    @HandleFacts(milestoneReached)
    async reached(facts: Fact<Reached>[]): Promise<void> {
      await double.pay(facts.map(({ payload }) => payload));
    }

    @HandleFacts(attemptCompleted)
    async completed(facts: Fact<AttemptCompleted>[]): Promise<void> {
      await double.complete(facts.map(({ payload }) => payload));
    }

    @HandleRequest(readPayouts)
    read({ payoutKeys }: { payoutKeys: string[] }) {
      return { payouts: double.read(payoutKeys) };
    }
  }

  @Module({ controllers: [Handler] })
  class DoubleModule {}

  return defineService({ name: 'grants', module: DoubleModule, configuration: ServiceConfiguration });
}

function grantOf(attemptId: string, milestoneKey: string): Grant {
  return {
    id: uuidV7(),
    kind: 'reward',
    contents: { entries: [{ type: 'currency', currencyKey: milestoneKey, amount: 5 }] },
    sourceKind: 'event_milestone',
    sourceRefId: attemptId,
    parentGrantId: null,
    status: 'pending',
    rolledAt: '2026-06-01T12:00:00.000Z',
    claimedAt: null,
    expiresAt: null,
    createdAt: '2026-06-01T12:00:00.000Z',
    ackedBy: null,
  };
}
