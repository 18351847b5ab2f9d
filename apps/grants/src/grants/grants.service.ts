import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { Grant } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { grantOf } from './grant.js';
import { GrantsStore } from './grants.store.js';

@Injectable()
export class GrantsService {
  constructor(
    private readonly store: GrantsStore,
    private readonly clock: Clock,
  ) {}

  async pending(owner: { scope: Scope; playerId: string }, limit: number): Promise<Grant[]> {
    const now = this.clock.now();
    const rows = await this.store.pending(owner, now, limit);
    return rows.map((row) => grantOf(row, now));
  }
}
