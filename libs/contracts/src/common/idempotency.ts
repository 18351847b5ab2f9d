/**
 * The caller's idempotency key with what the key is bound to (01 §6).
 * Absent from a command when the caller sent none: then every call has its effect.
 */
export interface Idempotency {
  /** 1–255 characters, chosen by the caller. */
  key: string;
  /** HTTP method and concrete path without the query, `POST /players/mira/wallet/gold/debit`. */
  operation: string;
  /** SHA-256 (hex) of the canonical body, the key itself left out (01 §6.4). */
  bodyHash: string;
}
