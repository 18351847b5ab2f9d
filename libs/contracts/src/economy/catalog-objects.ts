import type { GameScope, Idempotency, Iso } from '../common/index.js';
import type { Usage } from '../configuration/index.js';
import type { Operator } from '../identity/operators.js';
import { request } from '../messages/index.js';
import type { CurrencyConfiguration, ItemConfiguration, ItemTypeConfiguration } from './catalog.js';

/** Sections of the catalog that operators change object by object (04 §7). */
export type CatalogSection = 'items' | 'itemTypes' | 'currencies';

/** An object of the catalog as operators see it; named by its key, which never changes. */
export type CatalogObject = (ItemConfiguration | ItemTypeConfiguration | CurrencyConfiguration) & {
  /** For `If-Match`. */
  version: number;
  archivedAt: Iso | null;
};

/** Sorted by key; archived ones only if asked for. */
export const listCatalogObjects = request<
  { game: GameScope; section: CatalogSection; archived: boolean; afterKey: string | null; limit: number },
  { objects: CatalogObject[]; nextKey: string | null }
>('economy', 'list-catalog-objects');

/** Errors: `not_found`. */
export const readCatalogObject = request<{ game: GameScope; section: CatalogSection; key: string }, CatalogObject>(
  'economy',
  'read-catalog-object',
);

/**
 * Creates (`key` null, 201) or replaces. Errors: `validation_failed`, `config_invalid`, `conflict` (key_taken,
 * key_immutable, apply_running), `version_conflict`, `not_found`.
 */
export const saveCatalogObject = request<
  {
    operator: Operator;
    game: GameScope;
    section: CatalogSection;
    key: string | null;
    ifVersion: number | null;
    /** As it was sent, without the key; its shape is checked by the owner. */
    body: unknown;
    idempotency: Idempotency | null;
  },
  CatalogObject
>('economy', 'save-catalog-object');

/** Errors: `conflict` with `usages` unless forced, `version_conflict`, `not_found`, `config_invalid`. */
export const archiveCatalogObject = request<
  {
    operator: Operator;
    game: GameScope;
    section: CatalogSection;
    key: string;
    ifVersion: number;
    archived: boolean;
    force: boolean;
    idempotency: Idempotency | null;
  },
  CatalogObject
>('economy', 'archive-catalog-object');

/** Errors: `not_found`. */
export const readCatalogUsages = request<
  { game: GameScope; section: CatalogSection; key: string },
  { usages: Usage[] }
>('economy', 'read-catalog-usages');
