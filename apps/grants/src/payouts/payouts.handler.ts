import { Controller } from '@nestjs/common';
import type { GameScope, Scope } from '@kraty/contracts/common';
import { readPayouts, rollPreview, type RewardContents } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { HandleRequest } from '@kraty/platform/messaging';
import { rollContentsOf } from './payout.js';
import { PayoutReadsService } from './payout-reads.service.js';
import { RollsService } from './rolls.service.js';

@Controller()
export class PayoutsHandler {
  constructor(
    private readonly reads: PayoutReadsService,
    private readonly rolls: RollsService,
    private readonly clock: Clock,
  ) {}

  @HandleRequest(readPayouts)
  async read({ scope, payoutKeys }: { scope: Scope; payoutKeys: string[] }) {
    return { payouts: await this.reads.read(scope, payoutKeys) };
  }

  @HandleRequest(rollPreview)
  async preview({ game, payoutKey, contents }: { game: GameScope; payoutKey: string; contents: RewardContents }) {
    const rolled = await this.rolls.rollAt(game, payoutKey, rollContentsOf(contents), this.clock.now());
    return { entries: rolled.entries ?? [], problem: rolled.failure };
  }
}
