import { Controller } from '@nestjs/common';
import { claimGrant, type ClaimGrant, type Grant } from '@kraty/contracts/grants';
import { HandleRequest } from '@kraty/platform/messaging';
import { ClaimsService } from './claims.service.js';

@Controller()
export class ClaimsHandler {
  constructor(private readonly claims: ClaimsService) {}

  @HandleRequest(claimGrant)
  async claim(command: ClaimGrant): Promise<Grant> {
    return this.claims.claim(command);
  }
}
