import { Injectable } from '@nestjs/common';
import { busy, Failure } from '@kraty/platform/errors';
import type { Tx } from '@kraty/platform/persistence';
import { ContributionsStore } from '../scores/contributions.store.js';
import { MergedPlayersStore } from './merged-players.store.js';

/** A player that was merged away. */
export interface MergedAway {
  /** Who it is now. */
  ownerId: string;
  /** It, and those in between, where its owner was merged in turn. */
  formerIds: string[];
}

/** A write met a player that has just been merged away. For callers a 503 `player_locked`. */
export class PlayerMoved extends Failure {
  constructor() {
    super(busy('player_locked').wire());
  }
}

/** Who players are now, for whoever writes rows of them (12 §7). */
@Injectable()
export class MergedPlayers {
  constructor(
    private readonly store: MergedPlayersStore,
    private readonly contributions: ContributionsStore,
  ) {}

  /** Those of the players that have been merged away, by their former id. */
  async among(playerIds: Iterable<string>): Promise<Map<string, MergedAway>> {
    const found = new Map<string, MergedAway>();
    for (const { playerId, formerId, ownerId } of await this.store.links([...new Set(playerIds)])) {
      const formerIds = [...(found.get(playerId)?.formerIds ?? []), formerId];
      found.set(playerId, { ownerId, formerIds });
    }
    return found;
  }

  /**
   * Nobody else changes rows of the players while the transaction lasts, and none of them is merged meanwhile.
   *
   * @throws 503 `player_locked` when one has been merged away: nothing may be written for it any more
   */
  async lock(tx: Tx, playerIds: readonly string[]): Promise<void> {
    // Read behind the locks, though sent with them.
    const locking = this.contributions.lockPlayers(tx, playerIds);
    const [links] = await Promise.all([this.store.links(playerIds, tx), locking]);
    if (links.length > 0) throw new PlayerMoved();
  }
}
