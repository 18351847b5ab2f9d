import type { Keyed } from '@kraty/contracts/configuration';
import {
  CurrencyConfigurationBody,
  ItemConfigurationBody,
  ItemTypeConfigurationBody,
  type CatalogSection,
} from '@kraty/contracts/economy';
import { shapedBody } from '@kraty/platform/errors';

const bodies: Record<CatalogSection, new () => object> = {
  items: ItemConfigurationBody,
  itemTypes: ItemTypeConfigurationBody,
  currencies: CurrencyConfigurationBody,
};

/** An object of the catalog as an operator sent it. @throws validation_failed */
export function catalogConfiguration(section: CatalogSection, raw: unknown): Keyed {
  return shapedBody(bodies[section], raw) as Keyed;
}
