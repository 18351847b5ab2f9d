import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  sortedByKey,
  type ExportedSections,
  type ProposedChanges,
  type SectionChanges,
} from '@kraty/contracts/configuration';
import { catalogChanged } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { ConfigurationApplies, ConfigurationPart, type Verdict } from '@kraty/platform/configuration-applies';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import type { Tx } from '@kraty/platform/persistence';
import { CatalogService } from '../catalog/catalog.service.js';
import { CatalogStore } from '../catalog/catalog.store.js';
import {
  canonicalCurrency,
  canonicalItem,
  canonicalItemType,
  storedCurrency,
  storedItem,
  storedItemType,
} from './canonical.js';
import { checkCatalog } from './check.js';
import { SectionsStore } from './sections.store.js';

/** The economy's part of a game's configuration: item types, items and currencies (04 §12). */
@Injectable()
export class ConfigurationService extends ConfigurationPart {
  constructor(
    applies: ConfigurationApplies,
    outbox: Outbox,
    private readonly catalog: CatalogStore,
    private readonly catalogs: CatalogService,
    private readonly sections: SectionsStore,
    private readonly clock: Clock,
  ) {
    super(applies, outbox);
  }

  async export(game: GameScope, tx?: Tx): Promise<ExportedSections> {
    const catalog = await this.catalog.read(game.gameId, tx);
    const items = sortedByKey([...catalog.items.values()]);
    const currencies = sortedByKey([...catalog.currencies.values()]);
    const itemTypes = sortedByKey([...catalog.itemTypes.values()]);
    return {
      sections: {
        itemTypes: itemTypes.filter((type) => !type.archived).map(canonicalItemType),
        items: items.filter((item) => !item.archived).map(canonicalItem),
        currencies: currencies.filter((currency) => !currency.archived).map(canonicalCurrency),
      },
      archivedKeys: {
        itemTypes: itemTypes.filter((type) => type.archived).map(({ key }) => key),
        items: items.filter((item) => item.archived).map(({ key }) => key),
        currencies: currencies.filter((currency) => currency.archived).map(({ key }) => key),
      },
    };
  }

  async check({ game, changes, desired }: ProposedChanges, tx?: Tx): Promise<Verdict> {
    const issues = checkCatalog({ changes, desired }, await this.catalog.read(game.gameId, tx));
    return { issues, warnings: [] };
  }

  override forget({ gameId }: GameScope): void {
    this.catalogs.drop(gameId);
  }

  async write(tx: Tx, game: GameScope, { upserts, archives }: SectionChanges): Promise<NewFact[]> {
    const { itemTypes = [], items = [], currencies = [] } = upserts;
    const archived = {
      itemTypes: archives.itemTypes ?? [],
      items: archives.items ?? [],
      currencies: archives.currencies ?? [],
    };
    const changes = [itemTypes, items, currencies, ...Object.values(archived)];
    if (changes.every(({ length }) => length === 0)) return [];
    // The version's row is locked first: two commits of a game follow one another.
    const version = await this.sections.nextVersion(tx, game);
    for (const type of itemTypes) await this.sections.saveItemType(tx, game, storedItemType(type));
    for (const item of items) await this.sections.saveItem(tx, game, storedItem(item));
    for (const currency of currencies) await this.sections.saveCurrency(tx, game, storedCurrency(currency));
    await this.sections.archive(tx, game, archived, this.clock.now());
    const { gameId } = game;
    return [{ type: catalogChanged, scope: game, aggregateId: gameId, revision: version, payload: { version } }];
  }
}
