import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { grantColumns } from '../grants/grant-columns.js';
import type { GrantRow } from '../grants/grant.js';
import type { PinnedRevision } from '../rolls/roll-contents.js';
import type { OpenedCrate } from './crates.service.js';

/** Decides which of several openers opens; an operator opens what has expired as well. */
const openCrate = statement(
  'grants-open-crate',
  `update player_grant
      set status = 'claimed', claimed_at = $2, rolled_at = $2, acked_by = $3, revision = revision + 1
    where id = $1 and kind = 'crate'
      and (status = 'pending' and (expires_at is null or expires_at > $2) or $4 and status in ('pending', 'expired'))
   returning ${grantColumns}`,
);

const readContents = statement(
  'grants-read-crate-contents',
  `select ${grantColumns} from player_grant where parent_grant_id = $1 and source_kind = 'crate_open' and kind = 'reward'`,
);

const insertOpening = statement(
  'grants-insert-crate-payout',
  `insert into payout (game_id, environment, payout_key, studio_id, player_id, outcome, roll_secret_version,
                       pinned_revisions, ordered, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

@Injectable()
export class CratesStore {
  constructor(private readonly database: Database) {}

  /** Null when somebody was faster, or it ran out. */
  async open(tx: Tx, grantId: string, { ackedBy, forced }: OpenedCrate['opener'], now: Date): Promise<GrantRow | null> {
    const [row] = await tx.query<GrantRow>(openCrate, [grantId, now, ackedBy, forced]);
    return row ?? null;
  }

  /** The reward an opened crate held. */
  async contentsOf(grantId: string): Promise<GrantRow | null> {
    const [row] = await this.database.query<GrantRow>(readContents, [grantId]);
    return row ?? null;
  }

  /** What the opening was rolled from, for proofs. */
  async insertOpening(
    tx: Tx,
    crate: GrantRow,
    payoutKey: string,
    roll: {
      outcome: string;
      rollSecretVersion: number | null;
      pinnedRevisions: PinnedRevision[];
      rolled: object | null;
    },
    now: Date,
  ): Promise<void> {
    await tx.query(insertOpening, [
      crate.game_id,
      crate.environment,
      payoutKey,
      crate.studio_id,
      crate.player_id,
      roll.outcome,
      roll.rollSecretVersion,
      JSON.stringify(roll.pinnedRevisions),
      roll.rolled && JSON.stringify(roll.rolled),
      now,
    ]);
  }
}
