import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { builtInPool } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import type { Tx } from '@kraty/platform/persistence';
import { DefaultPoolsStore, type DrawnIdentity } from '../default-pools/default-pools.store.js';
import { drawNumber, withDigits } from './anonymized-name.js';
import { PlayersStore } from './players.store.js';

/** How long a count below the size of the pool is believed. Milliseconds. */
const countKeptMs = 10_000;
const scopesMax = 10_000;

/** What a player is called until it chooses a name, and for ever where names are hidden. */
export interface AnonymizedIdentity {
  anonymizedName: string;
  anonymizedAvatar: string | null;
}

/** Draws the identity a new player carries from the game's pool, else from the built-in one (12 §8.1). */
@Injectable()
export class Anonymizer {
  /** Players are never fewer again, so "crowded" (null) is kept for good. */
  private readonly sparseUntilMs = new Map<string, number | null>();

  constructor(
    private readonly players: PlayersStore,
    private readonly pools: DefaultPoolsStore,
    private readonly clock: Clock,
  ) {}

  async identityFor(tx: Tx, scope: Scope, playerId: string): Promise<AnonymizedIdentity> {
    const number = drawNumber(playerId);
    const { name, avatar, poolSize } = (await this.pools.draw(tx, scope.gameId, number)) ?? builtIn(number);
    const anonymizedName = (await this.isCrowded(tx, scope, poolSize)) ? withDigits(name, playerId) : name;
    return { anonymizedName, anonymizedAvatar: avatar };
  }

  private async isCrowded(tx: Tx, scope: Scope, poolSize: number): Promise<boolean> {
    const key = `${scope.gameId} ${scope.environment} ${poolSize}`;
    const untilMs = this.sparseUntilMs.get(key);
    if (untilMs === null) return true;
    if (untilMs !== undefined && this.clock.nowMs() < untilMs) return false;
    const count = await this.players.countUpTo(tx, scope.gameId, scope.environment, poolSize);
    const crowded = count >= poolSize;
    if (this.sparseUntilMs.size >= scopesMax) this.sparseUntilMs.clear();
    this.sparseUntilMs.set(key, crowded ? null : this.clock.nowMs() + countKeptMs);
    return crowded;
  }
}

function builtIn(number: number): DrawnIdentity {
  return { name: builtInPool[number % builtInPool.length]!, avatar: null, poolSize: builtInPool.length };
}
