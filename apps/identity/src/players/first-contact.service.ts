import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { PlayerRecord } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { busy } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { Anonymizer } from './anonymizer.service.js';
import { profileFact, profileOfNew } from './player.facts.js';
import { PlayersStore } from './players.store.js';

/** What the first requests of a player leave with it, besides its registration (12 §§2, 9). */
@Injectable()
export class FirstContactService {
  constructor(
    private readonly database: Database,
    private readonly players: PlayersStore,
    private readonly anonymizer: Anonymizer,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** The player, made without a secret when nobody knows it; of concurrent first contacts one makes it. */
  async ensure(scope: Scope, externalPlayerId: string, country: string | null): Promise<PlayerRecord> {
    const known = await this.players.findRecord(scope, externalPlayerId);
    if (known !== null) return known;
    await this.create(scope, externalPlayerId, country);
    const made = await this.players.findRecord(scope, externalPlayerId);
    // Gone again at once: the id was freed by a merge or an erasure.
    if (made === null) throw busy();
    return made;
  }

  /** False when the player has a country, which is kept. */
  async learnCountry(scope: Scope, playerId: string, country: string): Promise<boolean> {
    const staged = await this.database.transaction(async (tx) => {
      const changed = await this.players.setCountry(tx, scope, playerId, country, this.clock.now());
      if (changed === null) return null;
      const { revision, ...profile } = changed;
      return this.outbox.stage(tx, [profileFact(scope, profile, revision)]);
    });
    if (staged !== null) await this.outbox.carry(staged);
    return staged !== null;
  }

  private async create(scope: Scope, externalPlayerId: string, country: string | null): Promise<void> {
    const now = this.clock.now();
    const id = uuidV7(now.getTime());
    const anonymized = await this.anonymizer.identityFor(this.database, scope, id);
    const player = { id, scope, externalPlayerId, ...anonymized, country, now };
    const staged = await this.database.transaction(async (tx) => {
      if (!(await this.players.insert(tx, player, null))) return null;
      return this.outbox.stage(tx, [profileFact(scope, profileOfNew(player), 1)]);
    });
    if (staged !== null) await this.outbox.carry(staged);
  }
}
