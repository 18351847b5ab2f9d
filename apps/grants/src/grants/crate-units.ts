import { uuidV7 } from '@kraty/platform/ids';
import { cratesOf } from '../payouts/payout.js';
import type { GrantRow } from './grant.js';
import { scopeOf } from './grant.js';
import type { GrantDraft } from './grant-draft.js';

/** Each crate unit a grant lists is a pending crate of its own below it, from the same source (07 §§9, 10). */
export function crateDraftsOf(row: GrantRow, now: Date): GrantDraft[] {
  return cratesOf(row.contents.entries).map(({ kind, contents }) => ({
    id: uuidV7(now.getTime()),
    scope: scopeOf(row),
    playerId: row.player_id,
    externalPlayerId: row.external_player_id,
    kind,
    contents,
    sourceKind: row.source_kind,
    sourceRefId: row.source_ref_id,
    parentGrantId: row.id,
    expiresAt: row.expires_at,
  }));
}
