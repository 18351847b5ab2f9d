import { Controller } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { acknowledgeGrant, claimGrant, type ClaimGrant, type Grant, type StaffGrant } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { HandleRequest } from '@kraty/platform/messaging';
import { grantOf, staffGrantOf } from '../grants/grant.js';
import type { Claimer } from './claim.js';
import { ClaimsService } from './claims.service.js';

interface Acknowledge {
  scope: Scope;
  player: PlayerRef;
  grantId: string;
  apiKeyPrefix: string;
}

@Controller()
export class ClaimsHandler {
  constructor(
    private readonly claims: ClaimsService,
    private readonly clock: Clock,
  ) {}

  @HandleRequest(claimGrant)
  async claim({ scope, player: { playerId }, grantId }: ClaimGrant): Promise<Grant> {
    const claimer: Claimer = { ackedBy: 'sdk', actor: 'player' };
    return grantOf(await this.claims.claim({ scope, playerId, grantId, claimer }), this.clock.now());
  }

  @HandleRequest(acknowledgeGrant)
  async acknowledge({ scope, player: { playerId }, grantId, apiKeyPrefix }: Acknowledge): Promise<StaffGrant> {
    const claimer: Claimer = { ackedBy: 'server_api', actor: `api_key:${apiKeyPrefix}` };
    return staffGrantOf(await this.claims.claim({ scope, playerId, grantId, claimer }), this.clock.now());
  }
}
