import { Injectable } from '@nestjs/common';
import type { Iso, Scope } from '@kraty/contracts/common';
import type { PlayerProfile, PlayerRecord } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import { PlayersStore } from './players.store.js';

const touchesMax = 1_000;
const profilesMax = 200;

/** What other contexts ask about players. */
@Injectable()
export class PlayersService {
  constructor(private readonly players: PlayersStore) {}

  resolve(scope: Scope, externalPlayerId: string): Promise<PlayerRecord | null> {
    return this.players.findRecord(scope, externalPlayerId);
  }

  markSecretUsed(scope: Scope, playerId: string, secretHash: string): Promise<boolean> {
    return this.players.markSecretUsed(scope, playerId, secretHash);
  }

  /** Moves `lastSeenAt` of those not written in the last 60 s (12 §5). */
  touch(players: { scope: Scope; playerId: string; seenAt: Iso }[]): Promise<number> {
    bounded(players, touchesMax, 'players');
    const latest = new Map<string, { scope: Scope; playerId: string; seenAt: Date }>();
    for (const { scope, playerId, seenAt } of players) {
      const at = new Date(seenAt);
      const known = latest.get(playerId);
      if (!known || known.seenAt < at) latest.set(playerId, { scope, playerId, seenAt: at });
    }
    return this.players.touch([...latest.values()]);
  }

  profiles(scope: Scope, playerIds: string[]): Promise<(PlayerProfile & { revision: number })[]> {
    bounded(playerIds, profilesMax, 'playerIds');
    return this.players.findProfiles(scope, playerIds.filter(isUuid));
  }
}

function bounded(list: readonly unknown[], max: number, field: string): void {
  if (list.length <= max) return;
  const message = `must have at most ${max} elements`;
  throw fail('validation_failed', `${field} ${message}`, {
    issues: [{ path: `body.${field}`, code: 'length', message }],
  });
}
