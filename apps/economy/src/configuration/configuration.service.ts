import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  sortedByKey,
  type CheckConfiguration,
  type ExportedSections,
  type SectionChanges,
  type Sections,
} from '@kraty/contracts/configuration';
import { catalogChanged } from '@kraty/contracts/economy';
import type { Issue } from '@kraty/contracts/failures';
import { Clock } from '@kraty/platform/clock';
import { ConfigurationApplies, type ApplyRef } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
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

const nothingStaged: Staged = { envelopes: [] };

/** The economy's part of a game's configuration: item types, items and currencies (04 §12). */
@Injectable()
export class ConfigurationService {
  constructor(
    private readonly applies: ConfigurationApplies,
    private readonly catalog: CatalogStore,
    private readonly catalogs: CatalogService,
    private readonly sections: SectionsStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

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

  async check({ game, changes, desired }: CheckConfiguration): Promise<Issue[]> {
    return this.issuesOf(game, changes, desired);
  }

  /** Why changes cannot stand in the game as it would be; empty when they can. */
  async issuesOf({ gameId }: GameScope, changes: SectionChanges, desired: Sections, tx?: Tx): Promise<Issue[]> {
    return checkCatalog({ changes, desired }, await this.catalog.read(gameId, tx));
  }

  /** @throws config_invalid, conflict (apply_running, apply_abandoned) */
  async prepare(configuration: CheckConfiguration & ApplyRef & { actor: string }): Promise<void> {
    const issues = await this.check(configuration);
    if (issues.length > 0) throw fail('config_invalid', 'the catalog cannot stand like this', { issues });
    await this.applies.prepare(configuration);
  }

  /** @throws not_found for an apply never prepared, conflict (apply_abandoned) */
  async commit(ref: ApplyRef): Promise<void> {
    const staged = await this.applies.commit(ref, (tx, changes) => this.write(tx, ref.game, changes));
    this.catalogs.drop(ref.game.gameId);
    await this.outbox.carry(staged);
  }

  /** @throws conflict (apply_committed) */
  async abandon(ref: ApplyRef): Promise<void> {
    await this.applies.abandon(ref);
  }

  /** Writes checked changes and tells them; further facts of the same transaction go along. */
  async write(
    tx: Tx,
    game: GameScope,
    { upserts, archives }: SectionChanges,
    more: readonly NewFact[] = [],
  ): Promise<Staged> {
    const { itemTypes = [], items = [], currencies = [] } = upserts;
    const archived = {
      itemTypes: archives.itemTypes ?? [],
      items: archives.items ?? [],
      currencies: archives.currencies ?? [],
    };
    const changes = [itemTypes, items, currencies, ...Object.values(archived)];
    if (changes.every(({ length }) => length === 0)) return nothingStaged;
    // The version's row is locked first: two commits of a game follow one another.
    const version = await this.sections.nextVersion(tx, game);
    for (const type of itemTypes) await this.sections.saveItemType(tx, game, storedItemType(type));
    for (const item of items) await this.sections.saveItem(tx, game, storedItem(item));
    for (const currency of currencies) await this.sections.saveCurrency(tx, game, storedCurrency(currency));
    await this.sections.archive(tx, game, archived, this.clock.now());
    const { gameId } = game;
    const changed = { type: catalogChanged, scope: game, aggregateId: gameId, revision: version, payload: { version } };
    return this.outbox.stage(tx, [changed, ...more]);
  }
}
