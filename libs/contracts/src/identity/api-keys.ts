import type { Environment, Iso } from '../common/index.js';
import { fact, request } from '../messages/index.js';
import type { Operator } from './operators.js';

export type PermissionSet = 'client_sdk' | 'server_integration';

/** Requests a minute; null or absent = the installation's default, 0 = no limit (01 §8). */
export interface RateLimits {
  sdk_read?: number | null;
  sdk_write?: number | null;
  server_api?: number | null;
}

/** What the gateway needs to check an API key without a round trip. */
export interface ApiKeyRecord {
  id: string;
  /** 8 base62 characters, unique, beginning with `p` or `s`. */
  prefix: string;
  /** SHA-256 (hex) of the secret after the dot. */
  secretHash: string;
  permissionSet: PermissionSet;
  environment: Environment;
  studioId: string;
  gameId: string;
  expiresAt: Iso | null;
  rateLimits: RateLimits | null;
}

/** Null for a key that is unknown, revoked, expired, or of an archived game or studio. */
export const resolveApiKey = request<{ prefix: string }, { key: ApiKeyRecord | null }>('identity', 'resolve-api-key');

/** Tells that keys were used; written at most once a minute a key. */
export const touchApiKeys = request<{ keyIds: string[] }, { touched: number }>('identity', 'touch-api-keys');

/** A key was created, revoked, or given other limits: whoever caches it drops it. */
export const apiKeyChanged = fact<{ keyId: string; prefix: string; revoked: boolean }>(
  'identity',
  'api-key',
  'changed',
  'state',
);

export type ApiKeyStatus = 'active' | 'revoked' | 'expired';

/** A key as operators see it: never its secret. */
export interface ApiKey {
  id: string;
  prefix: string;
  name: string;
  permissionSet: PermissionSet;
  environment: Environment;
  status: ApiKeyStatus;
  /** Email of the member who created it, or `system`. */
  createdBy: string;
  createdAt: Iso;
  lastUsedAt: Iso | null;
  expiresAt: Iso | null;
  revokedAt: Iso | null;
  rateLimits: RateLimits | null;
}

interface KeysOfGame {
  operator: Operator;
  studioId: string;
  gameId: string;
}

/** `api_key.read`; newest first. */
export const listApiKeys = request<
  KeysOfGame & { environment: Environment | null; status: 'active' | 'revoked' | null },
  ApiKey[]
>('identity', 'list-api-keys');

export interface CreateApiKey extends KeysOfGame {
  name: string;
  permissionSet: PermissionSet;
  environment: Environment;
  expiresAt: Iso | null;
  rateLimits: RateLimits | null;
}

/** `api_key.create`, sessions only. `plaintext` = `<prefix>.<secret>`, shown this once. */
export const createApiKey = request<CreateApiKey, { key: ApiKey; plaintext: string }>('identity', 'create-api-key');

/** `api_key.create`, sessions only. Errors: `not_found`. */
export const updateApiKey = request<
  KeysOfGame & { keyId: string; name?: string; rateLimits?: RateLimits | null },
  ApiKey
>('identity', 'update-api-key');

/** `api_key.revoke`, sessions only; acts at once. A second call changes nothing. Errors: `not_found`. */
export const revokeApiKey = request<KeysOfGame & { keyId: string; reason: string }, Record<string, never>>(
  'identity',
  'revoke-api-key',
);
