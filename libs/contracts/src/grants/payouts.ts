import type { GameScope, Scope } from '../common/index.js';
import { request } from '../messages/index.js';
import type { Grant } from './grants.js';
import type { RewardContents } from './policies.js';
import type { GrantedEntry } from './rewards.js';

/** Payout keys of one question. */
export const payoutKeysMax = 200;

/**
 * Grants of payouts by payout key, in the order of their batch and in their present state. A key whose payout is not
 * made yet is left out: its grants follow, exactly once (README §4). At most 200 keys.
 */
export const readPayouts = request<{ scope: Scope; payoutKeys: string[] }, { payouts: Record<string, Grant[]> }>(
  'grants',
  'read-payouts',
);

/**
 * What a payout would give, rolled by the game's secret and the key as a payout of that key would be (07 §3), by the
 * configuration of this moment. Writes nothing. A configuration fault (archived bundle, table or key) is `problem`.
 */
export const rollPreview = request<
  { game: GameScope; payoutKey: string; contents: RewardContents },
  { entries: GrantedEntry[]; problem: string | null }
>('grants', 'roll-preview');
