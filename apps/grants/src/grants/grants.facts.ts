import { crateOpened, grantClaimed, grantCreated, grantExpired } from '@kraty/contracts/grants';
import type { NewFact } from '@kraty/platform/facts';
import { grantOf, scopeOf, type GrantRow } from './grant.js';

const types = { created: grantCreated, claimed: grantClaimed, expired: grantExpired } as const;

/** The fact that tells what has just happened to a grant. */
export function grantFact(happened: keyof typeof types, row: GrantRow, now: Date): NewFact {
  return {
    type: types[happened],
    scope: scopeOf(row),
    aggregateId: row.id,
    revision: row.revision,
    partitionKey: row.player_id,
    payload: { playerId: row.player_id, grant: grantOf(row, now) },
  };
}

/** A crate was opened, and what it held. */
export function crateOpenedFact(crate: GrantRow, contents: GrantRow, now: Date): NewFact {
  return {
    type: crateOpened,
    scope: scopeOf(crate),
    aggregateId: crate.id,
    revision: crate.revision,
    partitionKey: crate.player_id,
    payload: { playerId: crate.player_id, crate: grantOf(crate, now), contents: grantOf(contents, now) },
  };
}
