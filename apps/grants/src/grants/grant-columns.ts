/** Columns of a GrantRow, for every statement that returns one. */
export const grantColumns = `id, game_id, environment, studio_id, player_id, external_player_id, kind, contents, source_kind,
  source_ref_id, parent_grant_id, status, rolled_at, claimed_at, expires_at, created_at, acked_by, deposit_state,
  deposit_requested_at, deposit_requested_by, deposit_actor, deposit_act, deposited_at, metadata, idempotency_owner,
  idempotency_key, request_hash, revision`;
