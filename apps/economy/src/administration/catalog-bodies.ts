import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import {
  CurrencyConfigurationBody,
  ItemConfigurationBody,
  ItemTypeConfigurationBody,
  type CatalogSection,
  type CurrencyConfiguration,
  type ItemConfiguration,
  type ItemTypeConfiguration,
} from '@kraty/contracts/economy';
import { issuesOf, validationFailed } from '@kraty/platform/errors';

const bodies = {
  items: ItemConfigurationBody,
  itemTypes: ItemTypeConfigurationBody,
  currencies: CurrencyConfigurationBody,
};

export type CatalogConfiguration = ItemConfiguration | ItemTypeConfiguration | CurrencyConfiguration;

/**
 * An object of the catalog as an operator sent it.
 *
 * @throws validation_failed with every issue at once, unknown fields included
 */
export function catalogConfiguration(section: CatalogSection, raw: unknown): CatalogConfiguration {
  const { idempotencyKey: _, ...stated } = (raw ?? {}) as Record<string, unknown>;
  const body = plainToInstance<object, unknown>(bodies[section], stated);
  const errors = validateSync(body, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw validationFailed(issuesOf(errors, 'body'));
  return JSON.parse(JSON.stringify(body)) as CatalogConfiguration;
}
