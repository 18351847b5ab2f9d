import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { drawName } from './anonymized-name.js';
import { builtInPool } from '@kraty/contracts/identity';
import { PlayersStore } from './players.store.js';

/** How long a count below the size of the pool is believed. Milliseconds. */
const countKeptMs = 10_000;
const scopesMax = 10_000;

/** Draws the name a new player carries. */
@Injectable()
export class Anonymizer {
  /** Players are never fewer again, so "crowded" (null) is kept for good. */
  private readonly sparseUntilMs = new Map<string, number | null>();

  constructor(
    private readonly players: PlayersStore,
    private readonly clock: Clock,
  ) {}

  async nameFor(scope: Scope, playerId: string): Promise<string> {
    return drawName(playerId, builtInPool, await this.isCrowded(scope));
  }

  private async isCrowded(scope: Scope): Promise<boolean> {
    const key = `${scope.gameId} ${scope.environment}`;
    const untilMs = this.sparseUntilMs.get(key);
    if (untilMs === null) return true;
    if (untilMs !== undefined && this.clock.nowMs() < untilMs) return false;
    const count = await this.players.countUpTo(scope.gameId, scope.environment, builtInPool.length);
    const crowded = count >= builtInPool.length;
    if (this.sparseUntilMs.size >= scopesMax) this.sparseUntilMs.clear();
    this.sparseUntilMs.set(key, crowded ? null : this.clock.nowMs() + countKeptMs);
    return crowded;
  }
}
