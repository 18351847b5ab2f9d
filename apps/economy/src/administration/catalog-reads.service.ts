import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { Usage } from '@kraty/contracts/configuration';
import type { CatalogObject, CatalogSection } from '@kraty/contracts/economy';
import { foreignSections, pageByKey, type KeyPage, type SectionOwner } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import type { Tx } from '@kraty/platform/persistence';
import { CatalogStore } from '../catalog/catalog.store.js';
import { ConfigurationService } from '../configuration/configuration.service.js';
import { catalogObjects } from './catalog-object.js';
import { usagesOf } from './usages.js';

/** Contexts to whose sections the catalog may refer, and whose may refer to it. */
export const foreignOwners = ['grants', 'leaderboards', 'events'] as const satisfies SectionOwner[];

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
    page: KeyPage,
  ): Promise<{ objects: CatalogObject[]; nextKey: string | null }> {
    return pageByKey(catalogObjects(await this.store.read(gameId), section), page);
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
  async usages(game: GameScope, section: CatalogSection, key: string): Promise<Usage[]> {
    await this.read(game, section, key);
    const { sections } = await this.configuration.export(game);
    return usagesOf({ ...(await foreignSections(this.messenger, foreignOwners, game)), ...sections }, section, key);
  }
}
