import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { grantColumns } from '../grants/grant-columns.js';
import type { GrantRow } from '../grants/grant.js';
import type { Claimer } from './claim.js';

const namedGrant = `id = $1 and game_id = $2 and environment = $3 and player_id = $4`;
const claimable = `status = 'pending' and kind = 'reward' and (expires_at is null or expires_at > $5)`;

/** The instant of the newest request names it: no two of one grant are alike, even within one millisecond. */
const nextRequest = (now: string): string =>
  `greatest(${now}::timestamptz, deposit_requested_at + interval '1 millisecond')`;

/** Step 1 of 07 §11: from here on the sweep leaves the row alone and a deposit may be under way. */
const requestDeposit = statement(
  'grants-request-deposit',
  `update player_grant
      set deposit_state = 'requested', deposit_requested_at = ${nextRequest('$5')}, deposit_requested_by = $6, deposit_actor = $7
    where ${namedGrant} and ${claimable} and deposit_state = 'none'
   returning ${grantColumns}`,
);

/** Whoever joins a running request makes it its own, so that nobody who was refused can withdraw it any more. */
const joinRequest = statement(
  'grants-join-deposit-request',
  `update player_grant set deposit_requested_at = ${nextRequest('$2')}
    where id = $1 and status = 'pending' and deposit_state = 'requested'
   returning ${grantColumns}`,
);

/** Step 3: the deposit is in the ledger, so nothing but "claimed" is true any more. */
const finishDeposit = statement(
  'grants-finish-deposit',
  `update player_grant
      set status = 'claimed', deposit_state = 'done', claimed_at = $2, deposited_at = $2, acked_by = deposit_requested_by,
          revision = revision + 1
    where id = $1 and status = 'pending' and deposit_state in ('requested', 'none')
   returning ${grantColumns}`,
);

/** For a grant that deposits nothing: one step. */
const claimWithoutDeposit = statement(
  'grants-claim-without-deposit',
  `update player_grant
      set status = 'claimed', claimed_at = $5, acked_by = $6, revision = revision + 1
    where ${namedGrant} and ${claimable} and deposit_state = 'none'
   returning ${grantColumns}`,
);

/**
 * Step 4: the economy refused, and nobody has joined since. `deposit_requested_at` stays: the sweep waits until no
 * deposit can be under way.
 */
const withdrawRequest = statement(
  'grants-withdraw-deposit-request',
  `update player_grant set deposit_state = 'none' where id = $1 and status = 'pending' and deposit_state = 'requested' and deposit_requested_at = $2`,
);

/** Taking a row moves its time, so that another recovery leaves it alone meanwhile. */
const takeStale = statement(
  'grants-take-stale-deposits',
  `update player_grant
      set deposit_requested_at = ${nextRequest('$2')}
    where id in (
      select id from player_grant
       where deposit_state = 'requested' and deposit_requested_at <= $1
       order by deposit_requested_at
       limit $3
         for update skip locked)
   returning ${grantColumns}`,
);

export interface ClaimedGrant {
  scope: Scope;
  playerId: string;
  grantId: string;
}

@Injectable()
export class ClaimsStore {
  constructor(private readonly database: Database) {}

  /** Null when the grant is not there, not claimable now, or a deposit is under way. */
  async request(claimed: ClaimedGrant, { ackedBy, actor }: Claimer, now: Date): Promise<GrantRow | null> {
    const values = [...nameOf(claimed), now, ackedBy, actor];
    const [row] = await this.database.query<GrantRow>(requestDeposit, values);
    return row ?? null;
  }

  /** Null when another claimer was first. */
  async finish(tx: Tx, grantId: string, now: Date): Promise<GrantRow | null> {
    const [row] = await tx.query<GrantRow>(finishDeposit, [grantId, now]);
    return row ?? null;
  }

  /** Null when the grant is not there or not claimable now. */
  async claimWithoutDeposit(
    tx: Tx,
    claimed: ClaimedGrant,
    ackedBy: Claimer['ackedBy'],
    now: Date,
  ): Promise<GrantRow | null> {
    const [row] = await tx.query<GrantRow>(claimWithoutDeposit, [...nameOf(claimed), now, ackedBy]);
    return row ?? null;
  }

  /** Null when no deposit is under way any more. */
  async join(grantId: string, now: Date): Promise<GrantRow | null> {
    const [row] = await this.database.query<GrantRow>(joinRequest, [grantId, now]);
    return row ?? null;
  }

  /** Takes back the caller's own request; one that somebody joined stands, and its owner or the recovery ends it. */
  async withdraw({ id, deposit_requested_at: requestedAt }: GrantRow): Promise<void> {
    await this.database.query(withdrawRequest, [id, requestedAt]);
  }

  /** Rows requested before `before`, at most `rowsMax`, taken by this worker alone. */
  async takeStale(before: Date, now: Date, rowsMax: number): Promise<GrantRow[]> {
    return this.database.query<GrantRow>(takeStale, [before, now, rowsMax]);
  }
}

function nameOf({ grantId, scope, playerId }: ClaimedGrant): string[] {
  return [grantId, scope.gameId, scope.environment, playerId];
}
