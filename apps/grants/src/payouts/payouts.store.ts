import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { PinnedRevision } from '../rolls/roll-contents.js';
import type { BatchGrant, PayoutContents, PayoutOrder } from './payout.js';

/** The primary key decides which of several workers pays; the others get no row back. */
const insertPayouts = statement(
  'grants-insert-payouts',
  `insert into payout (game_id, environment, payout_key, studio_id, player_id, outcome, failure, roll_secret_version,
                       pinned_revisions, ordered, created_at)
   select game_id, environment, payout_key, studio_id, player_id, outcome, failure, version, pinned::jsonb,
          ordered::jsonb, $11
     from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::int[], $9::text[],
                 $10::text[])
       with ordinality as due(game_id, environment, payout_key, studio_id, player_id, outcome, failure, version, pinned,
                              ordered, place)
    order by due.place
   on conflict do nothing
   returning game_id, environment, payout_key`,
);

const lockPayout = statement(
  'grants-lock-payout',
  `select outcome, failure, player_id, ordered
     from payout
    where game_id = $1 and environment = $2 and payout_key = $3
      for update`,
);

/** A payout that failed is made after all; the row is locked. */
const mendPayout = statement(
  'grants-mend-payout',
  `update payout set outcome = $4, failure = $5, roll_secret_version = $6, pinned_revisions = $7
    where game_id = $1 and environment = $2 and payout_key = $3 and outcome = 'failed'`,
);

/** A payout with what became of its roll. */
export interface RolledPayout {
  order: PayoutOrder;
  outcome: 'granted' | 'empty' | 'failed';
  failure: string | null;
  rollSecretVersion: number | null;
  pinnedRevisions: PinnedRevision[];
  grants: BatchGrant[];
  expiresAt: Date | null;
}

/** A payout that has been tried. */
export interface TriedPayout {
  outcome: RolledPayout['outcome'];
  failure: string | null;
  player_id: string;
  ordered: StoredOrder | null;
}

/** What an order says beyond its own row. */
interface StoredOrder {
  externalPlayerId: string;
  contents: PayoutContents;
  pinAt: string;
  sourceKind: string;
  sourceRefId: string;
}

interface PayoutName {
  game_id: string;
  environment: string;
  payout_key: string;
}

@Injectable()
export class PayoutsStore {
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
      payouts.map(({ order, outcome }) => (outcome === 'failed' ? JSON.stringify(storedOf(order)) : null)),
      now,
    ]);
    const fresh = new Set(rows.map((row) => `${row.game_id}:${row.environment}:${row.payout_key}`));
    return payouts.filter(({ order: { scope, payoutKey } }) =>
      fresh.has(`${scope.gameId}:${scope.environment}:${payoutKey}`),
    );
  }

  /** Null when it was never tried. */
  async lock(tx: Tx, { gameId, environment }: Scope, payoutKey: string): Promise<TriedPayout | null> {
    const [row] = await tx.query<TriedPayout>(lockPayout, [gameId, environment, payoutKey]);
    return row ?? null;
  }

  async mend(tx: Tx, { order, outcome, failure, rollSecretVersion, pinnedRevisions }: RolledPayout): Promise<void> {
    const { scope, payoutKey } = order;
    const name = [scope.gameId, scope.environment, payoutKey];
    await tx.query(mendPayout, [...name, outcome, failure, rollSecretVersion, JSON.stringify(pinnedRevisions)]);
  }
}

function storedOf({ externalPlayerId, contents, pinAt, sourceKind, sourceRefId }: PayoutOrder): StoredOrder {
  return { externalPlayerId, contents, pinAt: pinAt.toISOString(), sourceKind, sourceRefId };
}

/** The order of a payout that failed, as it came. */
export function orderOfTried(scope: Scope, payoutKey: string, tried: TriedPayout): PayoutOrder | null {
  if (!tried.ordered) return null;
  return { ...tried.ordered, scope, payoutKey, playerId: tried.player_id, pinAt: new Date(tried.ordered.pinAt) };
}
