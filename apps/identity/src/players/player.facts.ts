import type { Scope } from '@kraty/contracts/common';
import { playerAccessChanged, playerChanged, type PlayerProfile } from '@kraty/contracts/identity';
import type { NewFact } from '@kraty/platform/facts';
import type { NewPlayer } from './players.store.js';

/** The public face of a player who has just been made. */
export function profileOfNew(player: NewPlayer): PlayerProfile {
  const { id, externalPlayerId, anonymizedName, anonymizedAvatar, country } = player;
  return {
    playerId: id,
    externalPlayerId,
    displayName: null,
    displayAvatar: null,
    anonymizedName,
    anonymizedAvatar,
    country,
    metadata: {},
  };
}

export function profileFact(scope: Scope, payload: PlayerProfile, revision: number): NewFact<PlayerProfile> {
  return { type: playerChanged, scope, aggregateId: payload.playerId, revision, payload };
}

export function accessFact(scope: Scope, { playerId, externalPlayerId }: PlayerProfile, revision: number) {
  const payload = { playerId, externalPlayerId };
  return { type: playerAccessChanged, scope, aggregateId: playerId, revision, payload } satisfies NewFact<
    typeof payload
  >;
}
