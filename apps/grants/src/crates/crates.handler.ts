import { Controller } from '@nestjs/common';
import { openCrate, type Grant, type OpenCrate } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { HandleRequest } from '@kraty/platform/messaging';
import { grantOf } from '../grants/grant.js';
import { CratesService } from './crates.service.js';

@Controller()
export class CratesHandler {
  constructor(
    private readonly crates: CratesService,
    private readonly clock: Clock,
  ) {}

  @HandleRequest(openCrate)
  async open({ scope, player: { playerId }, grantId }: OpenCrate): Promise<{ crate: Grant; contents: Grant }> {
    const opener = { ackedBy: 'sdk', forced: false } as const;
    const { crate, contents } = await this.crates.open({ scope, playerId, grantId, opener });
    const now = this.clock.now();
    return { crate: grantOf(crate, now), contents: grantOf(contents, now) };
  }
}
