import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { SectionChanges } from '@kraty/contracts/configuration';
import { rewardsChanged } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import type { NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import type { Tx } from '@kraty/platform/persistence';
import { canonicalBundle, canonicalTable } from './canonical.js';
import { rewardSections } from './check.js';
import { SectionsStore, type SavedObject } from './sections.store.js';

/** Writes checked changes of bundles and tables. */
@Injectable()
export class SectionWritesService {
  constructor(
    private readonly sections: SectionsStore,
    private readonly clock: Clock,
  ) {}

  /** The facts to tell of it. */
  async write(tx: Tx, game: GameScope, changes: SectionChanges): Promise<NewFact[]> {
    if (!isConcerned(changes)) return [];
    // The version's row is locked first: two writers of a game follow one another.
    const version = await this.sections.nextVersion(tx, game);
    const now = this.clock.now();
    const { rewardBundles = [], rewardTables = [] } = changes.upserts;
    for (const bundle of rewardBundles) {
      const { key, name, entries } = canonicalBundle(bundle);
      await this.save(tx, game, 'rewardBundles', { key, name, content: entries }, now);
    }
    for (const table of rewardTables) {
      const { key, name, ...definition } = canonicalTable(table);
      await this.save(tx, game, 'rewardTables', { key, name, content: definition }, now);
    }
    for (const section of rewardSections) {
      await this.sections.archive(tx, game, section, changes.archives[section] ?? [], now);
    }
    const { gameId } = game;
    return [{ type: rewardsChanged, scope: game, aggregateId: gameId, revision: version, payload: { version } }];
  }

  private async save(
    tx: Tx,
    game: GameScope,
    section: 'rewardBundles' | 'rewardTables',
    object: Omit<SavedObject, 'id'>,
    now: Date,
  ): Promise<void> {
    await this.sections.save(tx, game, section, { ...object, id: uuidV7(now.getTime()) }, now);
  }
}

function isConcerned({ upserts, archives }: SectionChanges): boolean {
  return rewardSections.some((section) => (upserts[section]?.length ?? 0) + (archives[section]?.length ?? 0) > 0);
}
