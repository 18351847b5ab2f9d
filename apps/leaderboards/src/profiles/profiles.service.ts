import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { playerChanged, readProfiles, type PlayerProfile } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import { ProfilesStore } from './profiles.store.js';

/** A rename reaches boards at once by a fact, within this time if the fact was missed (12 §8.1: 5 s). Milliseconds. */
const keepMs = 3_000;
const profilesMax = 100_000;
/** Players asked of identity at a time. */
const askedMax = 200;
const beforeAll = '00000000-0000-0000-0000-000000000000';

/** Names and avatars for the rows of boards, resolved at read time. */
@Injectable()
export class Profiles implements OnModuleInit {
  private readonly kept = new Map<string, { profile: PlayerProfile | null; atMs: number }>();

  constructor(
    private readonly store: ProfilesStore,
    private readonly messenger: Messenger,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.messenger.onFact(playerChanged, (fact) => this.kept.delete(fact.payload.playerId));
    this.messenger.onReconnect(() => this.kept.clear());
  }

  async keep(scope: Scope, profile: PlayerProfile, revision: number): Promise<void> {
    await this.store.keep({ scope, profile, revision });
    this.kept.delete(profile.playerId);
  }

  /** Profiles by player id; null for a player nobody knows any more. */
  async find(scope: Scope, playerIds: readonly string[]): Promise<Map<string, PlayerProfile | null>> {
    const nowMs = this.clock.nowMs();
    const found = new Map<string, PlayerProfile | null>();
    const missing: string[] = [];
    for (const playerId of playerIds) {
      const kept = this.kept.get(playerId);
      if (kept && nowMs - kept.atMs < keepMs) found.set(playerId, kept.profile);
      else missing.push(playerId);
    }
    if (missing.length === 0) return found;
    for (const [playerId, profile] of await this.load(scope, missing)) {
      found.set(playerId, profile);
      this.remember(playerId, profile, nowMs);
    }
    return found;
  }

  private async load(scope: Scope, playerIds: string[]): Promise<Map<string, PlayerProfile | null>> {
    const loaded = new Map<string, PlayerProfile | null>();
    for (const profile of await this.store.find(playerIds)) loaded.set(profile.playerId, profile);
    const unknown = playerIds.filter((playerId) => !loaded.has(playerId));
    for (const playerId of unknown) loaded.set(playerId, null);
    if (unknown.length > 0) await this.ask(scope, unknown, loaded);
    return loaded;
  }

  /**
   * External ids by player, for what must not be told without: who is not known here is asked for. Left out is only
   * whom identity does not know either. Fails while identity is away.
   */
  async externalIds(scope: Scope, playerIds: readonly string[]): Promise<Map<string, string>> {
    const ids = await this.store.externalIds(playerIds);
    const missing = playerIds.filter((playerId) => !ids.has(playerId));
    for (let from = 0; from < missing.length; from += askedMax) {
      const profiles = await this.fetch(scope, missing.slice(from, from + askedMax));
      for (const { playerId, externalPlayerId } of profiles) ids.set(playerId, externalPlayerId);
    }
    return ids;
  }

  /** Asks for all players of a board who are not known here. Fails while identity is away. */
  async fetchUnknown({ scope, leaderboardId }: { scope: Scope; leaderboardId: string }): Promise<void> {
    let playerIds = await this.store.unknownOf(leaderboardId, beforeAll, askedMax);
    while (playerIds.length > 0) {
      await this.fetch(scope, playerIds);
      playerIds = await this.store.unknownOf(leaderboardId, playerIds.at(-1)!, askedMax);
    }
  }

  private async fetch(scope: Scope, playerIds: string[]): Promise<PlayerProfile[]> {
    const { profiles } = await this.messenger.request(readProfiles, { scope, playerIds });
    for (const { revision, ...profile } of profiles) await this.store.keep({ scope, profile, revision });
    return profiles.map(({ revision: _, ...profile }) => profile);
  }

  /** A player may score before its fact arrives; then identity is asked. A board without a name is better than none. */
  private async ask(scope: Scope, playerIds: string[], into: Map<string, PlayerProfile | null>): Promise<void> {
    try {
      for (const profile of await this.fetch(scope, playerIds)) into.set(profile.playerId, profile);
    } catch (error) {
      this.logger.warn({ err: error, players: playerIds.length }, 'profiles could not be asked for');
    }
  }

  private remember(playerId: string, profile: PlayerProfile | null, atMs: number): void {
    if (this.kept.size >= profilesMax) this.kept.clear();
    this.kept.set(playerId, { profile, atMs });
  }
}
