import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import { lastContextsMax, type PlayerTraits } from '@kraty/contracts/identity';
import { isUuid } from '@kraty/platform/ids';
import { PlayerTraitsStore } from './player-traits.store.js';

/** What other contexts' gates and boards look at (05 §11, 06 §4.3). */
@Injectable()
export class PlayerTraitsService {
  constructor(private readonly store: PlayerTraitsStore) {}

  /** Null for a player the scope does not know. */
  async of(scope: Scope, playerId: string): Promise<PlayerTraits | null> {
    const row = await this.store.find(scope, playerId);
    return row && { country: row.country, firstSeenAt: row.firstSeenAt.toISOString() };
  }

  /** By player, of those who have given one. */
  async lastContexts(scope: Scope, playerIds: readonly string[]): Promise<Record<string, Json>> {
    const asked = playerIds.slice(0, lastContextsMax).filter(isUuid);
    const rows = asked.length === 0 ? [] : await this.store.lastContexts(scope, asked);
    return Object.fromEntries(rows.map(({ id, context }) => [id, context]));
  }
}
