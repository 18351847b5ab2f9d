export { canonicalHash } from './canonical.js';
export { IdempotencyStore, statusBegun, type RecordedReply } from './idempotency.store.js';
