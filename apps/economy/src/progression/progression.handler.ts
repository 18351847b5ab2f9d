import { Controller } from '@nestjs/common';
import { progressWallet, type ProgressWallet } from '@kraty/contracts/economy';
import { HandleRequest, reply } from '@kraty/platform/messaging';
import { ProgressionService } from './progression.service.js';

@Controller()
export class ProgressionHandler {
  constructor(private readonly progression: ProgressionService) {}

  @HandleRequest(progressWallet)
  async progress(command: ProgressWallet) {
    const progressed = await this.progression.progress(command);
    return reply(progressed, { replayed: !progressed.applied });
  }
}
