import { randomBytes, randomInt } from 'node:crypto';
import { parseInstant } from '@kraty/contracts/common';
import type { Issue } from '@kraty/contracts/failures';
import type { ApiKeyStatus, PermissionSet, RateLimits } from '@kraty/contracts/identity';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomPrefixCharacters = 7;

/** A fresh key `{prefix}.{secret}` (01 §2): the first letter helps the eye, the rest is random. */
export function mintKey(permissionSet: PermissionSet): { prefix: string; secret: string; plaintext: string } {
  const letter = permissionSet === 'client_sdk' ? 'p' : 's';
  const rest = Array.from({ length: randomPrefixCharacters }, () => base62[randomInt(base62.length)]).join('');
  const prefix = letter + rest;
  const secret = randomBytes(32).toString('base64url');
  return { prefix, secret, plaintext: `${prefix}.${secret}` };
}

/** A key past its date counts as revoked. */
export function statusOf(key: { revokedAt: Date | null; expiresAt: Date | null }, nowMs: number): ApiKeyStatus {
  if (key.revokedAt !== null) return 'revoked';
  if (key.expiresAt !== null && key.expiresAt.getTime() <= nowMs) return 'expired';
  return 'active';
}

const nameCharactersMax = 80;
/** Requests a minute nobody means to allow; above it a limit is a typing error. */
const rateLimitMax = 100_000_000;
const buckets: readonly string[] = ['sdk_read', 'sdk_write', 'server_api'];

/** Everything wrong with what a key is to be; absent fields are not looked at. */
export function keyIssues(
  key: { name?: string; expiresAt?: string | null; rateLimits?: RateLimits | null },
  nowMs: number,
): Issue[] {
  const issues: Issue[] = [];
  const { name, expiresAt, rateLimits } = key;
  if (name !== undefined && (name.trim() === '' || [...name.trim()].length > nameCharactersMax)) {
    issues.push({ path: 'body.name', code: 'length', message: `must have 1 to ${nameCharactersMax} characters` });
  }
  if (expiresAt !== undefined && expiresAt !== null && !(Number(parseInstant(expiresAt)) > nowMs)) {
    issues.push({ path: 'body.expiresAt', code: 'range', message: 'must be an instant in the future' });
  }
  return [...issues, ...Object.entries(rateLimits ?? {}).flatMap(([bucket, limit]) => rateLimitIssues(bucket, limit))];
}

function rateLimitIssues(bucket: string, limit: unknown): Issue[] {
  const path = `body.rateLimits.${bucket}`;
  if (!buckets.includes(bucket))
    return [{ path, code: 'unknown_field', message: `must be one of ${buckets.join(', ')}` }];
  if (limit === null || limit === undefined) return [];
  const fits = typeof limit === 'number' && Number.isInteger(limit) && limit >= 0 && limit <= rateLimitMax;
  return fits ? [] : [{ path, code: 'range', message: `must be an integer from 0 to ${rateLimitMax}` }];
}
