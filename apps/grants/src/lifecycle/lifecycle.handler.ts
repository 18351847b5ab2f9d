import { Controller } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { eraseGrants, mergeGrants } from '@kraty/contracts/grants';
import { HandleRequest } from '@kraty/platform/messaging';
import { LifecycleService } from './lifecycle.service.js';

@Controller()
export class LifecycleHandler {
  constructor(private readonly lifecycle: LifecycleService) {}

  @HandleRequest(mergeGrants)
  async merge({ scope, from, to }: { scope: Scope; from: PlayerRef; to: PlayerRef }) {
    return { grantsReassigned: await this.lifecycle.merge(scope, from, to) };
  }

  @HandleRequest(eraseGrants)
  async erase({
    scope,
    playerId,
    anonymizedExternalId,
  }: {
    scope: Scope;
    playerId: string;
    anonymizedExternalId: string;
  }) {
    return { expired: await this.lifecycle.erase(scope, playerId, anonymizedExternalId) };
  }
}
