import { Injectable } from '@nestjs/common';
import type { Keyed, Sections, Usage } from '@kraty/contracts/configuration';
import type { CatalogObject, CatalogSection } from '@kraty/contracts/economy';
import { ConfigurationApplies, SingleWrites, type ObjectWrite } from '@kraty/platform/configuration-applies';
import { Messenger } from '@kraty/platform/messaging';
import { OperatorWrites } from '@kraty/platform/operator-writes';
import { ConfigurationService } from '../configuration/configuration.service.js';
import { CatalogReadsService, foreignOwners } from './catalog-reads.service.js';
import { usagesOf } from './usages.js';

export type CatalogWrite = ObjectWrite<CatalogSection>;

/** What audit rows call them. */
const nouns: Record<CatalogSection, string> = { items: 'item', itemTypes: 'item_type', currencies: 'currency' };

/** Single objects of the catalog, changed by operators (04 §7). */
@Injectable()
export class CatalogWritesService extends SingleWrites<CatalogSection, CatalogObject> {
  constructor(
    writes: OperatorWrites,
    applies: ConfigurationApplies,
    messenger: Messenger,
    configuration: ConfigurationService,
    reads: CatalogReadsService,
  ) {
    const owners = { referredTo: foreignOwners, referring: foreignOwners };
    super({ writes, applies, messenger, configuration, reads, nouns, ...owners, usagesIn });
  }

  protected stated({ version: _version, archivedAt: _archivedAt, ...object }: CatalogObject): Keyed {
    return object;
  }
}

function usagesIn(sections: Sections, section: CatalogSection, key: string): Usage[] {
  return usagesOf({ ...sections }, section, key);
}
