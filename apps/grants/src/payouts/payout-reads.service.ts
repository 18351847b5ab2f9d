import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { payoutKeysMax, type Grant } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { grantOf } from '../grants/grant.js';
import { PayoutReadsStore } from './payout-reads.store.js';

/** What payouts have given, for those who show it: milestones in the reply of a progress call, level-ups (07 §5). */
@Injectable()
export class PayoutReadsService {
  constructor(
    private readonly store: PayoutReadsStore,
    private readonly clock: Clock,
  ) {}

  /** Grants by payout key in the order of their batch; a payout that is not made yet is left out, an empty one is `[]`. */
  async read(scope: Scope, payoutKeys: readonly string[]): Promise<Record<string, Grant[]>> {
    if (payoutKeys.length > payoutKeysMax) throw new Error(`at most ${payoutKeysMax} payouts are read at once`);
    const now = this.clock.now();
    const made = await this.store.made(scope, payoutKeys);
    return Object.fromEntries([...made].map(([key, grants]) => [key, grants.map((grant) => grantOf(grant, now))]));
  }
}
