import { fail, type Failure } from '@kraty/platform/errors';
import type { GrantRow } from './grant.js';

/** The same for an unknown grant and for one of another player, game or environment (07 §9). */
export function unknownGrant(): Failure {
  return fail('not_found', 'there is no such grant', { resource: 'grant' });
}

export function grantExpiredFailure({ expires_at: expiresAt }: GrantRow): Failure {
  return fail('conflict', 'the grant has expired', {
    reason: 'grant_expired',
    status: 'expired',
    expiresAt: expiresAt?.toISOString() ?? null,
  });
}
