import { Controller } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import { readLastContexts, readPlayerTraits, type PlayerTraits } from '@kraty/contracts/identity';
import { isUuid } from '@kraty/platform/ids';
import { HandleRequest } from '@kraty/platform/messaging';
import { PlayerTraitsService } from './player-traits.service.js';

@Controller()
export class PlayerTraitsHandler {
  constructor(private readonly traits: PlayerTraitsService) {}

  @HandleRequest(readPlayerTraits)
  async read({ scope, playerId }: { scope: Scope; playerId: string }): Promise<{ traits: PlayerTraits | null }> {
    return { traits: isUuid(playerId) ? await this.traits.of(scope, playerId) : null };
  }

  @HandleRequest(readLastContexts)
  async lastContexts(asked: { scope: Scope; playerIds: string[] }): Promise<{ contexts: Record<string, Json> }> {
    return { contexts: await this.traits.lastContexts(asked.scope, asked.playerIds) };
  }
}
