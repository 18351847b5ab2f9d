import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { configurationRoutes, emptySections, type Sections } from '@kraty/contracts/configuration';
import type { CatalogObject, CatalogSection, CatalogUsage } from '@kraty/contracts/economy';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import type { Tx } from '@kraty/platform/persistence';
import { CatalogStore } from '../catalog/catalog.store.js';
import { ConfigurationService } from '../configuration/configuration.service.js';
import { catalogObjects } from './catalog-object.js';
import { usagesOf } from './usages.js';

const foreignOwners = [
  configurationRoutes('grants'),
  configurationRoutes('leaderboards'),
  configurationRoutes('events'),
];

/** The catalog as operators read it (04 §7). */
@Injectable()
export class CatalogReadsService {
  constructor(
    private readonly store: CatalogStore,
    private readonly configuration: ConfigurationService,
    private readonly messenger: Messenger,
  ) {}

  async list(
    { gameId }: GameScope,
    section: CatalogSection,
    page: { archived: boolean; afterKey: string | null; limit: number },
  ): Promise<{ objects: CatalogObject[]; nextKey: string | null }> {
    const { archived, afterKey, limit } = page;
    const wanted = catalogObjects(await this.store.read(gameId), section)
      .filter(({ archivedAt }) => archived || archivedAt === null)
      .filter(({ key }) => afterKey === null || key > afterKey);
    const objects = wanted.slice(0, limit);
    return { objects, nextKey: wanted.length > limit ? objects.at(-1)!.key : null };
  }

  /** @throws not_found */
  async read(game: GameScope, section: CatalogSection, key: string, tx?: Tx): Promise<CatalogObject> {
    const object = await this.find(game, section, key, tx);
    if (!object) throw fail('not_found', 'the catalog has no such object', { resource: section });
    return object;
  }

  async find({ gameId }: GameScope, section: CatalogSection, key: string, tx?: Tx): Promise<CatalogObject | null> {
    return catalogObjects(await this.store.read(gameId, tx), section).find((object) => object.key === key) ?? null;
  }

  /** @throws not_found, 503 while another owner is away */
  async usages(game: GameScope, section: CatalogSection, key: string): Promise<CatalogUsage[]> {
    await this.read(game, section, key);
    return usagesOf({ ...(await this.wholeGame(game)) }, section, key);
  }

  /**
   * Sections that other contexts own, archived objects left out; those of the catalog are empty.
   *
   * @throws 503 while one of them is away
   */
  async foreignSections(game: GameScope): Promise<Sections> {
    const foreign: Partial<Sections>[] = [];
    for (const owner of foreignOwners) foreign.push((await this.messenger.request(owner.export, { game })).sections);
    return Object.assign(emptySections(), ...foreign) as Sections;
  }

  private async wholeGame(game: GameScope): Promise<Sections> {
    const { sections } = await this.configuration.export(game);
    return { ...(await this.foreignSections(game)), ...sections };
  }
}
