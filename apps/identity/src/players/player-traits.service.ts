import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { PlayerTraits } from '@kraty/contracts/identity';
import { PlayerTraitsStore } from './player-traits.store.js';

/** What other contexts' gates look at (05 §11). */
@Injectable()
export class PlayerTraitsService {
  constructor(private readonly store: PlayerTraitsStore) {}

  /** Null for a player the scope does not know. */
  async of(scope: Scope, playerId: string): Promise<PlayerTraits | null> {
    const row = await this.store.find(scope, playerId);
    return row && { country: row.country, firstSeenAt: row.firstSeenAt.toISOString() };
  }
}
