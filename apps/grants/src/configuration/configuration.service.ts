import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { CheckConfiguration, ExportedSections } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { ConfigurationApplies, type ApplyRef } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { RewardObjectsStore } from '../bundles/reward-objects.store.js';
import { checkRewards } from './check.js';
import { SectionWritesService } from './section-writes.service.js';
import { bundleConfigurationOf, tableConfigurationOf } from './stored-configuration.js';

/** The grants' part of a game's configuration: reward bundles and tables (04 §12). */
@Injectable()
export class ConfigurationService {
  constructor(
    private readonly applies: ConfigurationApplies,
    private readonly objects: RewardObjectsStore,
    private readonly writes: SectionWritesService,
    private readonly outbox: Outbox,
  ) {}

  async export({ gameId }: GameScope): Promise<ExportedSections> {
    const bundles = await this.objects.bundles(gameId);
    const tables = await this.objects.tables(gameId);
    return {
      sections: {
        rewardBundles: live(bundles).map(bundleConfigurationOf),
        rewardTables: live(tables).map(tableConfigurationOf),
      },
      archivedKeys: { rewardBundles: archivedKeys(bundles), rewardTables: archivedKeys(tables) },
    };
  }

  async check(configuration: CheckConfiguration): Promise<Issue[]> {
    const { gameId } = configuration.game;
    const bundles = await this.objects.bundles(gameId);
    const tables = await this.objects.tables(gameId);
    return checkRewards(configuration, { rewardBundles: keysOf(bundles), rewardTables: keysOf(tables) });
  }

  /** @throws config_invalid, conflict (apply_running, apply_abandoned) */
  async prepare(configuration: CheckConfiguration & ApplyRef & { actor: string }): Promise<void> {
    const issues = await this.check(configuration);
    if (issues.length > 0) throw fail('config_invalid', 'the rewards cannot stand like this', { issues });
    await this.applies.prepare(configuration);
  }

  /** @throws not_found for an apply never prepared, conflict (apply_abandoned) */
  async commit(ref: ApplyRef): Promise<void> {
    const staged = await this.applies.commit(ref, (tx, changes) => this.writes.write(tx, ref.game, changes));
    await this.outbox.carry(staged);
  }

  /** @throws conflict (apply_committed) */
  async abandon(ref: ApplyRef): Promise<void> {
    await this.applies.abandon(ref);
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
