import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { configurationRoutes, type Sections } from '@kraty/contracts/configuration';
import type { RewardObject, RewardSection, RewardUsage } from '@kraty/contracts/grants';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import type { Tx } from '@kraty/platform/persistence';
import { RewardObjectsStore } from '../bundles/reward-objects.store.js';
import type { StoredBundle, StoredTable } from '../bundles/stored-object.js';
import { ConfigurationService } from '../configuration/configuration.service.js';
import { rewardObjectOf } from './reward-object.js';
import { usagesOf } from './usages.js';

const foreignOwners = [configurationRoutes('economy'), configurationRoutes('events')];

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
    page: { archived: boolean; afterKey: string | null; limit: number },
  ): Promise<{ objects: RewardObject[]; nextKey: string | null }> {
    const { archived, afterKey, limit } = page;
    const all = section === 'rewardBundles' ? await this.objects.bundles(gameId) : await this.objects.tables(gameId);
    const wanted = (all as (StoredBundle | StoredTable)[])
      .filter((object) => archived || object.archived_at === null)
      .filter(({ key }) => afterKey === null || key > afterKey);
    const objects = wanted.slice(0, limit).map((object) => rewardObjectOf(section, object));
    return { objects, nextKey: wanted.length > limit ? objects.at(-1)!.key : null };
  }

  /** @throws not_found */
  async read({ gameId }: GameScope, section: RewardSection, id: string, tx?: Tx): Promise<RewardObject> {
    const stored = await this.objects.find(gameId, section, id, tx);
    if (!stored) throw fail('not_found', 'there is no such reward', { resource: section });
    return rewardObjectOf(section, stored);
  }

  /** @throws not_found, 503 while economy or events are away */
  async usages(game: GameScope, section: RewardSection, id: string): Promise<RewardUsage[]> {
    const { key } = await this.read(game, section, id);
    return usagesOf(await this.sections(game), section, key);
  }

  /** What refers to rewards: our own sections, the catalog, and the events. */
  private async sections(game: GameScope): Promise<Partial<Sections>> {
    const { sections } = await this.configuration.export(game);
    const foreign: Partial<Sections>[] = [];
    for (const owner of foreignOwners) foreign.push((await this.messenger.request(owner.export, { game })).sections);
    return Object.assign({}, ...foreign, sections);
  }
}
