import type { PlayerRef, Scope } from '@kraty/contracts/common';
import type { Grant } from '@kraty/contracts/grants';
import { eventually } from '@kraty/testing/harness';
import { RecoveryService } from '../claims/recovery.service.js';
import { SweepService } from '../expiry/sweep.service.js';
import type { GrantsWorld } from './grants-world.fixture.js';

/** Longer than any claim or refusal keeps recovery and sweep from a grant. Milliseconds. */
const settledAfterMs = 61_000;
/** Whoever did not answer in time may have done what it was asked for. */
const statusUncertain = 503;

export interface OwnGrant {
  player: PlayerRef;
  id: string;
}

export interface RacedClaim extends OwnGrant {
  outcome: PromiseSettledResult<Grant>;
}

/** Claims grants whose last millisecond ends between the first half of the claims and the second, amid sweeps. */
export async function claimAtTheEnd(
  world: GrantsWorld,
  scope: Scope,
  grants: readonly OwnGrant[],
): Promise<RacedClaim[]> {
  const sweeps = world.grants.service('grants').app.get(SweepService);
  const claim = ({ player, id }: OwnGrant): Promise<Grant> => world.claim(scope, player, id);
  const half = Math.ceil(grants.length / 2);
  const early = grants.slice(0, half).map(claim);
  // The others are at all their steps by now.
  await Promise.race(early).catch(() => undefined);
  const late = grants.slice(half).map(claim);
  world.clock.advance(1);
  const [outcomes] = await Promise.all([Promise.allSettled([...early, ...late]), sweeps.sweep(), sweeps.sweep()]);
  return grants.map((grant, at) => ({ ...grant, outcome: outcomes[at]! }));
}

/** Each grant that was claimed is claimed, each that was refused has expired, and the ledger knows the claimed ones alone. */
export async function expectClaimedOrExpired(
  world: GrantsWorld,
  scope: Scope,
  claims: readonly RacedClaim[],
): Promise<void> {
  const statuses = await lastStatuses(world, scope);
  const refused = claims.flatMap(({ outcome }) => (outcome.status === 'rejected' ? [outcome.reason.status] : []));
  // Otherwise nothing was raced.
  expect(refused.length).toBeLessThan(claims.length);
  expect(refused.filter((status) => status !== statusUncertain)).not.toEqual([]);
  for (const { id, outcome } of claims) {
    const status = statuses.get(id);
    if (outcome.status === 'fulfilled') expect([id, status]).toEqual([id, 'claimed']);
    else if (outcome.reason.status !== statusUncertain) expect([id, status]).toEqual([id, 'expired']);
  }
  expect(new Set(statuses.values())).toEqual(new Set(['claimed', 'expired']));
  const claimed = [...statuses].filter(([, status]) => status === 'claimed').map(([id]) => `grant:${id}`);
  const text = 'select operation_id as id, count(*)::int as rows from ledger where game_id = $1 group by operation_id';
  const deposits = await world.ground.sql<{ id: string; rows: number }>('economy', text, [scope.gameId]);
  expect(deposits.map(({ id }) => id).toSorted()).toEqual(claimed.toSorted());
  expect(new Set(deposits.map(({ rows }) => rows))).toEqual(new Set([2]));
}

/** By grant, once nothing is pending any more: what was put off is driven on, what has run out is swept. */
function lastStatuses(world: GrantsWorld, { gameId }: Scope): Promise<Map<string, string>> {
  const { app } = world.grants.service('grants');
  return eventually(async () => {
    world.clock.advance(settledAfterMs);
    await app.get(RecoveryService).recover();
    await app.get(SweepService).sweep();
    const text = 'select id, status from player_grant where game_id = $1';
    const rows = await world.ground.sql<{ id: string; status: string }>('grants', text, [gameId]);
    expect(rows.filter(({ status }) => status === 'pending')).toEqual([]);
    return new Map(rows.map(({ id, status }) => [id, status]));
  });
}
