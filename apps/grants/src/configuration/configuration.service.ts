import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  sortedByKey,
  type CheckConfiguration,
  type ExportedSections,
  type SectionChanges,
} from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { rewardsChanged, type RewardBundleConfiguration } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { ConfigurationApplies, type ApplyRef } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import type { Tx } from '@kraty/platform/persistence';
import { BundlesStore, type StoredBundle } from '../bundles/bundles.store.js';
import { canonicalBundle } from './canonical.js';
import { checkRewards } from './check.js';
import { SectionsStore } from './sections.store.js';

const nothingStaged: Staged = { envelopes: [] };

/** The grants' part of a game's configuration: reward bundles (04 §12). */
@Injectable()
export class ConfigurationService {
  constructor(
    private readonly applies: ConfigurationApplies,
    private readonly bundles: BundlesStore,
    private readonly sections: SectionsStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async export(game: GameScope): Promise<ExportedSections> {
    const bundles = sortedByKey(await this.bundles.all(game.gameId));
    const live = bundles.filter(({ archived }) => !archived);
    return {
      sections: { rewardBundles: live.map((bundle) => canonicalBundle(configurationOf(bundle))) },
      archivedKeys: { rewardBundles: bundles.filter(({ archived }) => archived).map(({ key }) => key) },
    };
  }

  async check(configuration: CheckConfiguration): Promise<Issue[]> {
    const present = await this.bundles.all(configuration.game.gameId);
    return checkRewards(configuration, new Set(present.map(({ key }) => key)));
  }

  /** @throws config_invalid, conflict (apply_running, apply_abandoned) */
  async prepare(configuration: CheckConfiguration & ApplyRef & { actor: string }): Promise<void> {
    const issues = await this.check(configuration);
    if (issues.length > 0) throw fail('config_invalid', 'the rewards cannot stand like this', { issues });
    await this.applies.prepare(configuration);
  }

  /** @throws not_found for an apply never prepared, conflict (apply_abandoned) */
  async commit(ref: ApplyRef): Promise<void> {
    const staged = await this.applies.commit(ref, (tx, changes) => this.write(tx, ref.game, changes));
    await this.outbox.carry(staged);
  }

  /** @throws conflict (apply_committed) */
  async abandon(ref: ApplyRef): Promise<void> {
    await this.applies.abandon(ref);
  }

  private async write(tx: Tx, game: GameScope, { upserts, archives }: SectionChanges): Promise<Staged> {
    const bundles = upserts.rewardBundles ?? [];
    const archived = archives.rewardBundles ?? [];
    if (bundles.length + archived.length === 0) return nothingStaged;
    // The version's row is locked first: two commits of a game follow one another.
    const version = await this.sections.nextVersion(tx, game);
    const now = this.clock.now();
    for (const bundle of bundles) {
      await this.sections.saveBundle(tx, game, { ...canonicalBundle(bundle), id: uuidV7(now.getTime()) }, now);
    }
    await this.sections.archive(tx, game, archived, now);
    const { gameId } = game;
    const changed = { type: rewardsChanged, scope: game, aggregateId: gameId, revision: version, payload: { version } };
    return this.outbox.stage(tx, [changed]);
  }
}

/** Only what the check has let in can be stored, so every entry is one a document may state. */
function configurationOf({ key, name, entries }: StoredBundle): RewardBundleConfiguration {
  return { key, name, entries: entries.filter((entry) => entry.type === 'currency' || entry.type === 'item') };
}
