/** Bounds of 01 §§8–12 and 08 §6. Each is stated with its unit. */
export const limits = {
  /** The largest amount, quantity or balance: clients hold signed 32-bit integers. */
  amountMax: 2_147_483_647,
  /** Metrics and scores stay within ± this bound. */
  scoreAbsoluteMax: 1e15,
  externalIdCodePointsMax: 128,
  keyCharactersMax: 64,
  idempotencyKeyCharactersMax: 255,
  reasonCharactersMax: 200,
  sourceReferenceCharactersMax: 255,
  metadataKeysMax: 64,
  metadataKeyCharactersMax: 64,
  metadataBytesMax: 8_192,
  metadataDepthMax: 8,
  itemParametersBytesMax: 4_096,
  metricsPerWriteMax: 32,
  /** `occurredAt` may lie this far ahead of the server's clock. */
  occurredAtAheadMsMax: 5 * 60_000,
  listLimitMax: 200,
  listLimitDefault: 50,
  progressionKeysPerReadMax: 8,
  sdkBodyBytesMax: 64 * 1024,
  serverBodyBytesMax: 1024 * 1024,
  configurationBodyBytesMax: 5 * 1024 * 1024,
  jsonDepthMax: 32,
  /** How long a recorded reply answers retries of its key. */
  idempotencyRetentionMs: 24 * 3_600_000,
  /** How long the second of two concurrent twins waits for the first. */
  idempotencyTwinWaitMs: 10_000,
  /** How long a part of the system may take before the caller gets 503. */
  requestDeadlineMs: 5_000,
} as const;

/** Keys of events, items, currencies, bundles …: never UUID-shaped (01 §11). */
export const keyPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
/** Keys of metrics and milestones. */
export const metricKeyPattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** `8-4-4-4-12` hex in any case and of any version. */
export const uuidShapePattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for a key that may name a configured thing. */
export function isConfigurationKey(key: string): boolean {
  return keyPattern.test(key) && !uuidShapePattern.test(key);
}
