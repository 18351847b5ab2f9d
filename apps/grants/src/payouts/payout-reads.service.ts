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
    const made = await this.store.madeKeys(scope, payoutKeys);
    const rows = await this.store.grants(scope, made);
    const payouts = new Map<string, Grant[]>(made.map((key) => [key, []]));
    for (const { payout_key: key, ...row } of rows) payouts.get(key)?.push(grantOf(row, now));
    return Object.fromEntries(payouts);
  }
}
