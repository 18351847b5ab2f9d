import { Injectable } from '@nestjs/common';
import type { OperatorAct } from '@kraty/contracts/identity';
import type { Fact } from '@kraty/contracts/messages';
import { Database, type Tx } from '@kraty/platform/persistence';
import { storable } from '../common/storable.js';
import { GamesStore } from '../games/games.store.js';
import { AuditLog, type AuditEntry } from './audit-log.service.js';
import { changesConfiguration } from './configuration-acts.js';

type IdentifiedEntry = AuditEntry & { id: string };

/** Puts on record, once, what other contexts have done for operators (04 §11). */
@Injectable()
export class OperatorActsService {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
    private readonly games: GamesStore,
  ) {}

  /** One transaction a studio: each has a chain of its own, and nobody ever holds two. */
  async record(facts: Fact<OperatorAct>[]): Promise<void> {
    for (const [studioId, entries] of entriesOfStudios(facts)) {
      await this.database.transaction((tx) => this.recordIn(tx, studioId, entries));
    }
  }

  /** Games are locked before the chain, in one order, as everybody does who needs both. */
  private async recordIn(tx: Tx, studioId: string, entries: readonly IdentifiedEntry[]): Promise<void> {
    for (const gameId of [...changesByGame(entries).keys()].sort()) await this.games.lock(tx, studioId, gameId);
    const fresh = await this.log.recordOnce(tx, studioId, entries);
    for (const [gameId, changes] of changesByGame(fresh)) {
      await this.games.raiseConfigurationVersion(tx, gameId, changes);
    }
  }
}

/** How often each game's configuration has changed (04 §12). */
function changesByGame(entries: readonly IdentifiedEntry[]): Map<string, number> {
  const changes = new Map<string, number>();
  for (const entry of entries) {
    if (entry.gameId === null || !changesConfiguration(entry)) continue;
    changes.set(entry.gameId, (changes.get(entry.gameId) ?? 0) + 1);
  }
  return changes;
}

function entriesOfStudios(facts: Fact<OperatorAct>[]): Map<string, IdentifiedEntry[]> {
  const studios = new Map<string, IdentifiedEntry[]>();
  for (const { payload } of facts) {
    const entries = studios.get(payload.studioId) ?? [];
    studios.set(payload.studioId, entries);
    entries.push(entryOf(storable(payload)));
  }
  return studios;
}

function entryOf({ auditId, actedAt, environment, reason, ...act }: OperatorAct): IdentifiedEntry {
  return {
    ...act,
    id: auditId.toLowerCase(),
    // The log is in the order in which it learned of things; when they were done is told all the same.
    createdAt: new Date(actedAt).toISOString(),
    ...(environment === null ? {} : { environment }),
    ...(reason === null ? {} : { reason }),
  };
}
