import { Controller, Module } from '@nestjs/common';
import { readPlayerTraits, type PlayerTraits } from '@kraty/contracts/identity';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ServiceConfiguration } from '@kraty/platform/configuration';
import { HandleRequest } from '@kraty/platform/messaging';
import type { Ground } from '@kraty/testing/harness';

/** Stands for identity, as far as gates and segments ask it. */
export class IdentityDouble {
  readonly traits = new Map<string, PlayerTraits>();
  asked = 0;
  private service: RunningService | undefined;

  async start(ground: Ground): Promise<this> {
    this.service = await startService(serviceOf(this), { environment: ground.environment('identity') });
    return this;
  }

  async stop(): Promise<void> {
    await this.service?.stop();
  }

  of(playerId: string): PlayerTraits | null {
    this.asked += 1;
    return this.traits.get(playerId) ?? null;
  }
}

function serviceOf(double: IdentityDouble) {
  @Controller()
  class Handler {
    @HandleRequest(readPlayerTraits)
    read({ playerId }: { playerId: string }) {
      return { traits: double.of(playerId) };
    }
  }

  @Module({ controllers: [Handler] })
  class DoubleModule {}

  return defineService({ name: 'identity', module: DoubleModule, configuration: ServiceConfiguration });
}
