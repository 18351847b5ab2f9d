import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { grantColumns } from '../grants/grant-columns.js';
import type { GrantRow } from '../grants/grant.js';
import type { RollableEntry } from '../rolls/roll.js';
import type { BatchGrant, PayoutOrder } from './payout.js';

/**
 * The newest revision in force at each instant. A pin instant before the first revision gets the first: two services'
 * clocks may differ by a little, and a bundle an event could name did exist.
 */
const revisionsInForce = statement(
  'grants-revisions-in-force',
  `select pinned.revision, pinned.entries, coalesce(pinned.archived, true) as archived
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) with ordinality as wanted(game_id, key, pin_at, place)
     left join lateral (
       select revision, entries, archived
         from bundle_revision
        where game_id = wanted.game_id and key = wanted.key
        order by in_force_from <= wanted.pin_at desc,
                 case when in_force_from <= wanted.pin_at then -revision else revision end
        limit 1
     ) as pinned on true
    order by wanted.place`,
);

/** The primary key decides which of several workers pays; the others get no row back. */
const insertPayouts = statement(
  'grants-insert-payouts',
  `insert into payout (game_id, environment, payout_key, studio_id, player_id, outcome, failure, roll_secret_version,
                       pinned_revisions, created_at)
   select game_id, environment, payout_key, studio_id, player_id, outcome, failure, version, pinned::jsonb, $10
     from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::int[], $9::text[])
       with ordinality as due(game_id, environment, payout_key, studio_id, player_id, outcome, failure, version, pinned, place)
    order by due.place
   on conflict do nothing
   returning game_id, environment, payout_key`,
);

const insertGrants = statement(
  'grants-insert-payout-grants',
  `insert into player_grant (id, game_id, environment, studio_id, player_id, external_player_id, kind, contents, source_kind,
                             source_ref_id, payout_key, ordinal, status, rolled_at, expires_at, deposit_state, revision,
                             created_at)
   select id, game_id, environment, studio_id, player_id, external_player_id, kind, contents::jsonb, source_kind,
          source_ref_id, payout_key, ordinal, 'pending', case when kind = 'reward' then $13::timestamptz end, expires_at,
          'none', 1, $13
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[],
                 $10::text[], $11::text[], $12::int[], $14::timestamptz[])
       as made(id, game_id, environment, studio_id, player_id, external_player_id, kind, contents, source_kind,
               source_ref_id, payout_key, ordinal, expires_at)
   returning ${grantColumns}`,
);

/** A bundle as it stood at a pin instant; archived also when there never was such a bundle. */
export interface PinnedBundle {
  revision: number | null;
  entries: RollableEntry[] | null;
  archived: boolean;
}

/** A payout with what became of its roll. */
export interface RolledPayout {
  order: PayoutOrder;
  outcome: 'granted' | 'empty' | 'failed';
  failure: string | null;
  rollSecretVersion: number | null;
  pinnedRevisions: { key: string; revision: number }[];
  grants: BatchGrant[];
  expiresAt: Date | null;
}

export interface MadeGrant extends BatchGrant {
  id: string;
  ordinal: number;
  payout: RolledPayout;
}

interface PayoutName {
  game_id: string;
  environment: string;
  payout_key: string;
}

@Injectable()
export class PayoutsStore {
  constructor(private readonly database: Database) {}

  /** One answer a wish, in their order. */
  async inForce(wanted: readonly { gameId: string; key: string; pinAt: Date }[]): Promise<PinnedBundle[]> {
    if (wanted.length === 0) return [];
    return this.database.query<PinnedBundle>(revisionsInForce, [
      wanted.map(({ gameId }) => gameId),
      wanted.map(({ key }) => key),
      wanted.map(({ pinAt }) => pinAt),
    ]);
  }

  /** Those that were not paid before. */
  async insert(tx: Tx, payouts: readonly RolledPayout[], now: Date): Promise<RolledPayout[]> {
    const rows = await tx.query<PayoutName>(insertPayouts, [
      payouts.map(({ order }) => order.scope.gameId),
      payouts.map(({ order }) => order.scope.environment),
      payouts.map(({ order }) => order.payoutKey),
      payouts.map(({ order }) => order.scope.studioId),
      payouts.map(({ order }) => order.playerId),
      payouts.map(({ outcome }) => outcome),
      payouts.map(({ failure }) => failure),
      payouts.map(({ rollSecretVersion }) => rollSecretVersion),
      payouts.map(({ pinnedRevisions }) => JSON.stringify(pinnedRevisions)),
      now,
    ]);
    const fresh = new Set(rows.map((row) => `${row.game_id}:${row.environment}:${row.payout_key}`));
    return payouts.filter(({ order: { scope, payoutKey } }) =>
      fresh.has(`${scope.gameId}:${scope.environment}:${payoutKey}`),
    );
  }

  async insertGrants(tx: Tx, grants: readonly MadeGrant[], now: Date): Promise<GrantRow[]> {
    if (grants.length === 0) return [];
    const orders = grants.map(({ payout }) => payout.order);
    return tx.query<GrantRow>(insertGrants, [
      grants.map(({ id }) => id),
      orders.map(({ scope }) => scope.gameId),
      orders.map(({ scope }) => scope.environment),
      orders.map(({ scope }) => scope.studioId),
      orders.map(({ playerId }) => playerId),
      orders.map(({ externalPlayerId }) => externalPlayerId),
      grants.map(({ kind }) => kind),
      grants.map(({ contents }) => JSON.stringify(contents)),
      orders.map(({ sourceKind }) => sourceKind),
      orders.map(({ sourceRefId }) => sourceRefId),
      orders.map(({ payoutKey }) => payoutKey),
      grants.map(({ ordinal }) => ordinal),
      now,
      grants.map(({ payout }) => payout.expiresAt),
    ]);
  }
}
