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

  /** A player may score before its fact arrives; then identity is asked. A board without a name is better than none. */
  private async ask(scope: Scope, playerIds: string[], into: Map<string, PlayerProfile | null>): Promise<void> {
    try {
      const { profiles } = await this.messenger.request(readProfiles, { scope, playerIds });
      for (const { revision, ...profile } of profiles) {
        into.set(profile.playerId, profile);
        await this.store.keep({ scope, profile, revision });
      }
    } catch (error) {
      this.logger.warn({ err: error, players: playerIds.length }, 'profiles could not be asked for');
    }
  }

  private remember(playerId: string, profile: PlayerProfile | null, atMs: number): void {
    if (this.kept.size >= profilesMax) this.kept.clear();
    this.kept.set(playerId, { profile, atMs });
  }
}
