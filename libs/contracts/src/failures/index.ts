/**
 * The closed catalogue of error codes (01 §7): a code has its status and its meaning once and for all.
 * Three codes have a second status, named in 01 §7: `validation_failed` (413, 415), `conflict` (422 on merges),
 * `internal_error` (503 when a needed part is busy or does not answer in time).
 */
export const failureStatus = {
  unauthenticated: 401,
  session_invalid: 401,
  forbidden: 403,
  not_found: 404,
  validation_failed: 400,
  conflict: 409,
  rate_limited: 429,
  internal_error: 500,
  tenant_mismatch: 403,
  idempotency_conflict: 409,

  player_secret_invalid: 401,
  player_already_registered: 409,
  player_banned: 403,
  anti_cheat_rejected: 422,

  event_disabled: 409,
  no_active_window: 409,
  no_leaderboard: 503,
  max_attempts_reached: 429,
  max_daily_attempts_reached: 429,
  attempt_finished: 409,
  invalid_metric: 400,
  unlock_condition_failed: 403,
  invalid_unlock_condition: 500,
  entry_requirement_failed: 403,
  invalid_entry_requirement: 500,
  insufficient_entry_cost: 402,
  lobby_forming: 202,

  inventory_not_permissive: 403,
  client_scoring_disabled: 403,
  score_not_supported: 400,
  player_blocked: 403,
  already_friends: 409,
  cannot_friend_self: 400,
  cannot_block_self: 400,
  friend_code_invalid: 404,
  gifting_disabled: 403,
  not_friends: 403,
  gift_cooldown: 409,
  gift_daily_limit: 409,
  gift_amount_exceeded: 400,
  resource_not_giftable: 400,

  invalid_credentials: 401,
  csrf_invalid: 403,
  session_required: 403,
  version_conflict: 409,
  config_invalid: 422,
  totp_required: 428,
} as const satisfies Record<string, number>;

export type FailureCode = keyof typeof failureStatus;

/** Statuses a code may carry besides its own. */
export const furtherStatuses: Partial<Record<FailureCode, readonly number[]>> = {
  validation_failed: [413, 415],
  conflict: [422],
  internal_error: [503],
};

/** One broken rule of a body, query or path (01 §7). */
export interface Issue {
  /** Dots and brackets from `body`, `query` or `path`: `body.metrics[0].key`. */
  path: string;
  /** One lower-case word of the rule broken. */
  code:
    | 'required'
    | 'type'
    | 'format'
    | 'range'
    | 'length'
    | 'enum'
    | 'unknown_field'
    | 'unknown_reference'
    | 'duplicate'
    | 'conflict'
    | 'unsupported';
  message: string;
}

/** A failure as it travels between services: data, never a stack. */
export interface FailureWire {
  code: FailureCode;
  message: string;
  status: number;
  details?: Record<string, unknown>;
  /** Further HTTP reply headers, `retry-after` for instance. */
  headers?: Record<string, string>;
}

/** The body of every non-2xx reply, and of 202 `lobby_forming` (01 §5). */
export interface ErrorEnvelope {
  error: { code: FailureCode; message: string; details?: Record<string, unknown> };
}
