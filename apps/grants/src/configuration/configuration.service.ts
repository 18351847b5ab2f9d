import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { ExportedSections, ProposedChanges, SectionChanges } from '@kraty/contracts/configuration';
import { ConfigurationApplies, ConfigurationPart, type Verdict } from '@kraty/platform/configuration-applies';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import type { Tx } from '@kraty/platform/persistence';
import { RewardObjectsStore } from '../bundles/reward-objects.store.js';
import { checkRewards } from './check.js';
import { rewardWarnings } from './check-warnings.js';
import { SectionWritesService } from './section-writes.service.js';
import { bundleConfigurationOf, tableConfigurationOf } from './stored-configuration.js';

/** The grants' part of a game's configuration: reward bundles and tables (04 §12). */
@Injectable()
export class ConfigurationService extends ConfigurationPart {
  constructor(
    applies: ConfigurationApplies,
    outbox: Outbox,
    private readonly objects: RewardObjectsStore,
    private readonly writes: SectionWritesService,
  ) {
    super(applies, outbox);
  }

  async export({ gameId }: GameScope, tx?: Tx): Promise<ExportedSections> {
    const bundles = await this.objects.bundles(gameId, tx);
    const tables = await this.objects.tables(gameId, tx);
    return {
      sections: {
        rewardBundles: live(bundles).map(bundleConfigurationOf),
        rewardTables: live(tables).map(tableConfigurationOf),
      },
      archivedKeys: { rewardBundles: archivedKeys(bundles), rewardTables: archivedKeys(tables) },
    };
  }

  async check(proposed: ProposedChanges, tx?: Tx): Promise<Verdict> {
    const { gameId } = proposed.game;
    const bundles = await this.objects.bundles(gameId, tx);
    const tables = await this.objects.tables(gameId, tx);
    const known = { rewardBundles: keysOf(bundles), rewardTables: keysOf(tables) };
    return { issues: checkRewards(proposed, known), warnings: rewardWarnings(proposed.desired) };
  }

  async write(tx: Tx, game: GameScope, changes: SectionChanges): Promise<NewFact[]> {
    return this.writes.write(tx, game, changes);
  }
}

function live<O extends { archived_at: Date | null }>(objects: readonly O[]): O[] {
  return objects.filter(({ archived_at: archivedAt }) => archivedAt === null);
}

function archivedKeys(objects: readonly { key: string; archived_at: Date | null }[]): string[] {
  return objects.filter(({ archived_at: archivedAt }) => archivedAt !== null).map(({ key }) => key);
}

function keysOf(objects: readonly { key: string }[]): Set<string> {
  return new Set(objects.map(({ key }) => key));
}
