import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { Usage } from '@kraty/contracts/configuration';
import type { RewardObject, RewardSection } from '@kraty/contracts/grants';
import { foreignSections, pageByKey, type KeyPage, type SectionOwner } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import type { Tx } from '@kraty/platform/persistence';
import { RewardObjectsStore } from '../bundles/reward-objects.store.js';
import type { StoredBundle, StoredTable } from '../bundles/stored-object.js';
import { ConfigurationService } from '../configuration/configuration.service.js';
import { rewardObjectOf } from './reward-object.js';
import { usagesOf } from './usages.js';

/** Other contexts whose sections may refer to rewards: the catalog, and the events. */
export const referringOwners = ['economy', 'events'] as const satisfies SectionOwner[];

/** Bundles and tables as operators read them (04 §7). */
@Injectable()
export class RewardReadsService {
  constructor(
    private readonly objects: RewardObjectsStore,
    private readonly configuration: ConfigurationService,
    private readonly messenger: Messenger,
  ) {}

  async list(
    { gameId }: GameScope,
    section: RewardSection,
    page: KeyPage,
  ): Promise<{ objects: RewardObject[]; nextKey: string | null }> {
    const all = section === 'rewardBundles' ? await this.objects.bundles(gameId) : await this.objects.tables(gameId);
    const stored: (StoredBundle | StoredTable)[] = all;
    return pageByKey(
      stored.map((object) => rewardObjectOf(section, object)),
      page,
    );
  }

  /** @throws not_found */
  async read(game: GameScope, section: RewardSection, id: string, tx?: Tx): Promise<RewardObject> {
    const object = await this.find(game, section, id, tx);
    if (!object) throw fail('not_found', 'there is no such reward', { resource: section });
    return object;
  }

  async find({ gameId }: GameScope, section: RewardSection, id: string, tx?: Tx): Promise<RewardObject | null> {
    const stored = await this.objects.find(gameId, section, id, tx);
    return stored && rewardObjectOf(section, stored);
  }

  /** @throws not_found, 503 while economy or events are away */
  async usages(game: GameScope, section: RewardSection, id: string): Promise<Usage[]> {
    const { key } = await this.read(game, section, id);
    const { sections } = await this.configuration.export(game);
    return usagesOf({ ...(await foreignSections(this.messenger, referringOwners, game)), ...sections }, section, key);
  }
}
