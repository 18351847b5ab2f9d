import { Injectable } from '@nestjs/common';
import type { BotIdentity } from '../profiles/profile.js';
import { RosterCache } from './roster-cache.js';
import { RostersStore } from './rosters.store.js';

/** Names of bots, for whoever shows them. */
@Injectable()
export class BotIdentities {
  constructor(
    private readonly cache: RosterCache,
    private readonly store: RostersStore,
  ) {}

  /** Of all bots of a list, by participant. */
  async of(leaderboardId: string): Promise<ReadonlyMap<string, BotIdentity>> {
    const bots = this.cache.get(leaderboardId)?.bots ?? (await this.store.identities(leaderboardId));
    return new Map(bots.map(({ participantId, name, avatar }) => [participantId, { name, avatar }]));
  }
}
