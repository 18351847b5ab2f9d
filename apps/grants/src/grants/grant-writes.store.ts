import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import { grantColumns } from './grant-columns.js';
import type { GrantDraft } from './grant-draft.js';
import type { GrantRow } from './grant.js';

/** Who was merged away is given nothing: the target is, and every fact tells so (12 §7.4). */
const insertGrants = statement(
  'grants-insert-grants',
  `insert into player_grant (id, game_id, environment, studio_id, player_id, external_player_id, kind, contents, source_kind,
                             source_ref_id, parent_grant_id, payout_key, ordinal, status, rolled_at, claimed_at, expires_at,
                             acked_by, deposit_state, deposit_requested_at, deposit_requested_by, deposit_actor, metadata,
                             idempotency_owner, idempotency_key, request_hash, revision, created_at)
   select id, game_id, environment, studio_id, owner.player_id, owner.external_player_id, kind, contents::jsonb, source_kind,
          source_ref_id, parent_grant_id, payout_key, ordinal, status, rolled_at,
          case when status = 'claimed' then $23::timestamptz end, expires_at,
          case when status = 'claimed' then acked_by end, deposit_state,
          case when deposit_state = 'requested' then $23 end, case when deposit_state = 'requested' then acked_by end,
          case when deposit_state = 'requested' then 'player' end, metadata::jsonb,
          idempotency_owner, idempotency_key, request_hash, 1, $23
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[],
                 $10::text[], $11::uuid[], $12::text[], $13::int[], $14::text[], $15::timestamptz[], $16::timestamptz[],
                 $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[])
       as made(id, game_id, environment, studio_id, meant, meant_external, kind, contents, source_kind, source_ref_id,
               parent_grant_id, payout_key, ordinal, status, rolled_at, expires_at, acked_by, deposit_state, metadata,
               idempotency_owner, idempotency_key, request_hash)
      cross join lateral grant_owner(game_id, environment, meant, meant_external) as owner
   returning ${grantColumns}`,
);

/** The one writer of new grants. */
@Injectable()
export class GrantWritesStore {
  /** In the order of the drafts. */
  async insert(tx: Tx, drafts: readonly GrantDraft[], now: Date): Promise<GrantRow[]> {
    if (drafts.length === 0) return [];
    return tx.query<GrantRow>(insertGrants, [
      drafts.map(({ id }) => id),
      drafts.map(({ scope }) => scope.gameId),
      drafts.map(({ scope }) => scope.environment),
      drafts.map(({ scope }) => scope.studioId),
      drafts.map(({ playerId }) => playerId),
      drafts.map(({ externalPlayerId }) => externalPlayerId),
      drafts.map(({ kind }) => kind),
      drafts.map(({ contents }) => JSON.stringify(contents)),
      drafts.map(({ sourceKind }) => sourceKind),
      drafts.map(({ sourceRefId }) => sourceRefId),
      drafts.map(({ parentGrantId }) => parentGrantId ?? null),
      drafts.map(({ payoutKey }) => payoutKey ?? null),
      drafts.map(({ ordinal }) => ordinal ?? null),
      drafts.map(({ status }) => status ?? 'pending'),
      drafts.map(({ rolledAt }) => rolledAt ?? null),
      drafts.map(({ expiresAt }) => expiresAt),
      drafts.map(({ ackedBy }) => ackedBy ?? null),
      drafts.map(({ depositState }) => depositState ?? 'none'),
      drafts.map(({ metadata }) => (metadata ? JSON.stringify(metadata) : null)),
      drafts.map(({ idempotency }) => idempotency?.owner ?? null),
      drafts.map(({ idempotency }) => idempotency?.key ?? null),
      drafts.map(({ idempotency }) => idempotency?.bodyHash ?? null),
      now,
    ]);
  }
}
