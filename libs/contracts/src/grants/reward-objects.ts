import type { GameScope, Idempotency, Iso } from '../common/index.js';
import type { Usage } from '../configuration/index.js';
import type { Operator } from '../identity/operators.js';
import { request } from '../messages/index.js';
import type { RewardBundleConfiguration, RewardTableConfiguration } from './rewards.js';

export type RewardSection = 'rewardBundles' | 'rewardTables';

interface RewardObjectState {
  id: string;
  revision: number;
  /** For `If-Match`; the revision. */
  version: number;
  archivedAt: Iso | null;
}

export type RewardBundle = RewardBundleConfiguration & RewardObjectState;
export type RewardTable = RewardTableConfiguration & RewardObjectState;
export type RewardObject = RewardBundle | RewardTable;

/** Sorted by key; archived ones only if asked for. */
export const listRewardObjects = request<
  { game: GameScope; section: RewardSection; archived: boolean; afterKey: string | null; limit: number },
  { objects: RewardObject[]; nextKey: string | null }
>('grants', 'list-reward-objects');

/** By key, or by id. Errors: `not_found`. */
export const readRewardObject = request<{ game: GameScope; section: RewardSection; id: string }, RewardObject>(
  'grants',
  'read-reward-object',
);

/**
 * Creates (`id` null, 201) or replaces. Errors: `validation_failed`, `config_invalid`, `conflict` (key_taken, apply_running), `version_conflict`,
 * `not_found`.
 */
export const saveRewardObject = request<
  {
    operator: Operator;
    game: GameScope;
    section: RewardSection;
    id: string | null;
    ifVersion: number | null;
    /** As it was sent, without the key; its shape is checked here. */
    body: unknown;
    idempotency: Idempotency | null;
  },
  RewardObject
>('grants', 'save-reward-object');

/** Errors: `conflict` with `usages` unless forced, `version_conflict`, `not_found`, `config_invalid`. */
export const archiveRewardObject = request<
  {
    operator: Operator;
    game: GameScope;
    section: RewardSection;
    id: string;
    ifVersion: number;
    archived: boolean;
    force: boolean;
    idempotency: Idempotency | null;
  },
  RewardObject
>('grants', 'archive-reward-object');

/** Errors: `not_found`. */
export const readRewardUsages = request<{ game: GameScope; section: RewardSection; id: string }, { usages: Usage[] }>(
  'grants',
  'read-reward-usages',
);
