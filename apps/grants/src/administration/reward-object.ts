import type { RewardObject, RewardSection } from '@kraty/contracts/grants';
import type { StoredBundle, StoredTable } from '../bundles/stored-object.js';
import { bundleConfigurationOf, tableConfigurationOf } from '../configuration/stored-configuration.js';

/** A bundle or table as operators see it (04 §7). */
export function rewardObjectOf(section: RewardSection, stored: StoredBundle | StoredTable): RewardObject {
  const { id, revision, archived_at: archivedAt } = stored;
  const state = { id, revision, version: revision, archivedAt: archivedAt?.toISOString() ?? null };
  return section === 'rewardBundles'
    ? { ...bundleConfigurationOf(stored as StoredBundle), ...state }
    : { ...tableConfigurationOf(stored as StoredTable), ...state };
}
