import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { OperatorAct } from '@kraty/contracts/identity';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { grantColumns } from '../grants/grant-columns.js';
import type { GrantRow } from '../grants/grant.js';
import type { Claimer } from './claim.js';

/** One call's wish to claim one grant. */
export interface ClaimedGrant {
  scope: Scope;
  playerId: string;
  grantId: string;
  claimer: Claimer;
  /** An operator claims what has expired as well; the act goes on record when the grant is claimed (04 §8.3). */
  act?: OperatorAct;
}

const claimColumns = `unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $6::text[], $7::text[], $8::text[])
       as claim(grant_id, game_id, environment, player_id, claimed_by, claimed_as, act)`;
const namedGrant = `kept.id = claim.grant_id and kept.game_id = claim.game_id and kept.environment = claim.environment
      and kept.player_id = claim.player_id`;
const claimable = `kept.kind = 'reward' and kept.deposit_state = 'none'
      and (kept.status = 'pending' and (kept.expires_at is null or kept.expires_at > $5)
           or claim.act is not null and kept.status in ('pending', 'expired'))`;
/** Rows are locked in one order, or two batches could deadlock. */
const locked = `select kept.id as locked_id, claim.claimed_by, claim.claimed_as, claim.act
       from ${claimColumns}
       join player_grant as kept on ${namedGrant}
      where ${claimable}
      order by kept.id
        for update of kept`;

/** The instant of the newest request names it: no two of one grant are alike, even within one millisecond. */
const nextRequest = (now: string): string =>
  `greatest(${now}::timestamptz, deposit_requested_at + interval '1 millisecond')`;

/** Step 1 of 07 §11: from here on the sweep leaves the row alone and a deposit may be under way. */
const requestDeposits = statement(
  'grants-request-deposits',
  `with locked as (${locked})
   update player_grant as kept
      set deposit_state = 'requested', deposit_requested_at = ${nextRequest('$5')}, deposit_requested_by = locked.claimed_by,
          deposit_actor = locked.claimed_as, deposit_act = locked.act::jsonb
     from locked
    where kept.id = locked.locked_id
   returning ${grantColumns}`,
);

/** For grants that deposit nothing: one step. */
const claimWithoutDeposit = statement(
  'grants-claim-without-deposit',
  `with locked as (${locked})
   update player_grant as kept
      set status = 'claimed', claimed_at = $5, acked_by = locked.claimed_by, deposit_act = locked.act::jsonb,
          revision = revision + 1
     from locked
    where kept.id = locked.locked_id
   returning ${grantColumns}`,
);

/** Whoever joins a running request makes it its own, so that nobody who was refused can withdraw it any more. */
const joinRequest = statement(
  'grants-join-deposit-request',
  `update player_grant set deposit_requested_at = ${nextRequest('$2')}
    where id = $1 and status <> 'claimed' and deposit_state = 'requested'
   returning ${grantColumns}`,
);

/**
 * Step 3: the deposit is in the ledger, so nothing but "claimed" is true any more. What was born claimed was claimed
 * when it was made.
 */
const finishDeposits = statement(
  'grants-finish-deposits',
  `update player_grant
      set status = 'claimed', deposit_state = 'done', deposited_at = $2, acked_by = deposit_requested_by,
          claimed_at = case when deposit_requested_by = 'auto' then created_at else $2 end, revision = revision + 1
    where id in (
      select id from player_grant
       where id = any($1) and status <> 'claimed' and deposit_state in ('requested', 'none')
       order by id
         for update)
   returning ${grantColumns}`,
);

/**
 * Step 4: the economy refused, and nobody has joined since. `deposit_requested_at` stays: the sweep waits until no
 * deposit can be under way.
 */
const withdrawRequest = statement(
  'grants-withdraw-deposit-request',
  `update player_grant set deposit_state = 'none', deposit_act = null
    where id = $1 and status <> 'claimed' and deposit_state = 'requested' and deposit_requested_at = $2
      and deposit_requested_by <> 'auto'`,
);

/** A grant that was to be born claimed and could not be: nobody has ever heard of it. */
const discardUnborn = statement(
  'grants-discard-unborn',
  `delete from player_grant where id = $1 and status = 'pending' and deposit_requested_by = 'auto'
      and deposit_requested_at = $2`,
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

@Injectable()
export class ClaimsStore {
  constructor(private readonly database: Database) {}

  /** Rows whose deposit is requested now; others are not there, not claimable now, or a deposit is under way. */
  async request(claims: readonly ClaimedGrant[], now: Date): Promise<GrantRow[]> {
    return this.database.query<GrantRow>(requestDeposits, columnsOf(claims, now));
  }

  /** Rows that are claimed now, without any deposit. */
  async claimWithoutDeposit(tx: Tx, claims: readonly ClaimedGrant[], now: Date): Promise<GrantRow[]> {
    return tx.query<GrantRow>(claimWithoutDeposit, columnsOf(claims, now));
  }

  /** Those that nobody else finished first. */
  async finish(tx: Tx, grantIds: readonly string[], now: Date): Promise<GrantRow[]> {
    return tx.query<GrantRow>(finishDeposits, [grantIds, now]);
  }

  /** Null when no deposit is under way any more. */
  async join(grantId: string, now: Date): Promise<GrantRow | null> {
    const [row] = await this.database.query<GrantRow>(joinRequest, [grantId, now]);
    return row ?? null;
  }

  /** Takes back the caller's own request; one that somebody joined stands, and its owner or the recovery ends it. */
  async withdraw({ id, deposit_requested_at: requestedAt, deposit_requested_by: by }: GrantRow): Promise<void> {
    await this.database.query(by === 'auto' ? discardUnborn : withdrawRequest, [id, requestedAt]);
  }

  /** Rows requested before `before`, at most `rowsMax`, taken by this worker alone. */
  async takeStale(before: Date, now: Date, rowsMax: number): Promise<GrantRow[]> {
    return this.database.query<GrantRow>(takeStale, [before, now, rowsMax]);
  }
}

function columnsOf(claims: readonly ClaimedGrant[], now: Date): unknown[] {
  return [
    claims.map(({ grantId }) => grantId),
    claims.map(({ scope }) => scope.gameId),
    claims.map(({ scope }) => scope.environment),
    claims.map(({ playerId }) => playerId),
    now,
    claims.map(({ claimer }) => claimer.ackedBy),
    claims.map(({ claimer }) => claimer.actor),
    claims.map(({ act }) => (act ? JSON.stringify(act) : null)),
  ];
}
