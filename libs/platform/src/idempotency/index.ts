export { canonicalHash } from './canonical.js';
export { IdempotencyStore, type RecordedReply } from './idempotency.store.js';
