import type { PlayerRef, Scope } from '../common/index.js';
import { request } from '../messages/index.js';

/**
 * Step 4 of a merge: grants of any status become `to`'s, and what `from` was paid once counts as paid to `to` (12 §7.2).
 * Whatever is given to `from` from then on is `to`'s. May be repeated; announces nothing. The saga has frozen both players
 * and merged their holdings before.
 */
export const mergeGrants = request<
  { scope: Scope; from: PlayerRef; to: PlayerRef },
  /** Of this call: a repeated one finds nothing left. */
  { grantsReassigned: number }
>('grants', 'merge-grants');

/** A step of an erasure: grants stay and point at the anonymized player, pending ones run out, told to nobody (07 §14). */
export const eraseGrants = request<
  { scope: Scope; playerId: string; anonymizedExternalId: string },
  { expired: number }
>('grants', 'erase-grants');
