import { Controller, Module } from '@nestjs/common';
import {
  applyOperation,
  readAmounts,
  reverseOperation,
  type ApplyOperation,
  type OperationResult,
  type ResourceDelta,
} from '@kraty/contracts/economy';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ServiceConfiguration } from '@kraty/platform/configuration';
import { busy, fail } from '@kraty/platform/errors';
import { HandleRequest } from '@kraty/platform/messaging';
import type { Ground } from '@kraty/testing/harness';

type Resource = Pick<ResourceDelta, 'type' | 'key'>;

/** Stands for the economy: operations are applied once, reversed once, and barred when they never came. */
export class EconomyDouble {
  /** Operations in the order in which they took effect. */
  readonly ledger: string[] = [];
  /** Requests for amounts, by what they asked for. */
  readonly looks: string[][] = [];
  readonly applied = new Map<string, ApplyOperation>();
  /** Runs after an operation has taken effect and before its answer goes out; what it throws is the answer. */
  afterApply: () => Promise<void> | void = () => undefined;
  /** Takes the place of `amounts`, and may take its time. */
  amountsLater: ((playerId: string, resources: Resource[]) => Promise<number[]>) | null = null;
  isDown = false;
  private readonly balances = new Map<string, number>();
  private readonly reversed = new Set<string>();
  private service: RunningService | undefined;

  async start(ground: Ground): Promise<this> {
    this.service = await startService(serviceOf(this), { environment: ground.environment('economy') });
    return this;
  }

  async stop(): Promise<void> {
    await this.service?.stop();
  }

  give(playerId: string, amounts: Record<string, number>): void {
    for (const [key, amount] of Object.entries(amounts)) this.balances.set(`${playerId} ${key}`, amount);
  }

  balance(playerId: string, key: string): number {
    return this.balances.get(`${playerId} ${key}`) ?? 0;
  }

  async apply(command: ApplyOperation): Promise<OperationResult> {
    if (this.isDown) throw busy();
    const { operationId, playerId, deltas } = command;
    if (this.reversed.has(operationId)) throw fail('conflict', 'reversed', { reason: 'operation_reversed' });
    const isFirst = !this.applied.has(operationId);
    if (isFirst) {
      const short = deltas.find(({ key, delta }) => this.balance(playerId, key) + delta < 0);
      if (short) throw fail('insufficient_entry_cost', `not enough ${short.key}`, { resource: short.key });
      this.move(playerId, deltas, 1);
      this.applied.set(operationId, command);
      this.ledger.push(operationId);
    }
    await this.afterApply();
    return { applied: isFirst, holdings: [] };
  }

  reverse(operationId: string): 'reversed' | 'never_applied' {
    if (this.isDown) throw busy();
    const command = this.applied.get(operationId);
    const isFirst = !this.reversed.has(operationId);
    this.reversed.add(operationId);
    if (command === undefined) return 'never_applied';
    if (isFirst) {
      this.move(command.playerId, command.deltas, -1);
      this.ledger.push(`refund:${operationId}`);
    }
    return 'reversed';
  }

  amounts(playerId: string, resources: Resource[]): number[] {
    if (this.isDown) throw busy();
    this.looks.push(resources.map(({ key }) => key));
    return resources.map(({ key }) => this.balance(playerId, key));
  }

  private move(playerId: string, deltas: ResourceDelta[], sign: 1 | -1): void {
    for (const { key, delta } of deltas) {
      this.balances.set(`${playerId} ${key}`, this.balance(playerId, key) + sign * delta);
    }
  }
}

function serviceOf(double: EconomyDouble) {
  @Controller()
  class Handler {
    @HandleRequest(applyOperation)
    apply(command: ApplyOperation): Promise<OperationResult> {
      return double.apply(command);
    }

    @HandleRequest(reverseOperation)
    reverse({ operationId }: { operationId: string }) {
      return { outcome: double.reverse(operationId) };
    }

    @HandleRequest(readAmounts)
    async read({ playerId, resources }: { playerId: string; resources: Resource[] }) {
      const amounts = await (double.amountsLater?.(playerId, resources) ?? double.amounts(playerId, resources));
      return { amounts, inventoryManagement: 'platform' as const };
    }
  }

  @Module({ controllers: [Handler] })
  class DoubleModule {}

  return defineService({ name: 'economy', module: DoubleModule, configuration: ServiceConfiguration });
}
