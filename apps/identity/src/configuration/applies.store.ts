import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { GameSettings } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { AuditEntry } from '../audit/audit-log.service.js';
import type { Owner } from './plan.js';

/** `preparing` → `committing` → `done`, or `preparing` → `abandoning` → `abandoned`. */
export type ApplyState = 'preparing' | 'committing' | 'abandoning' | 'done' | 'abandoned';

/** The saga's row. */
export interface ApplyRow {
  id: string;
  game: GameScope;
  state: ApplyState;
  /** Who has something to do, in the order of the sections. */
  owners: Owner[];
  /** The settings that change, written with the last step. */
  settings: Partial<GameSettings>;
  audit: AuditEntry;
  attempts: number;
}

/** Who works on a row, and until when nobody else may. */
export interface Lease {
  owner: string;
  until: Date;
}

type StoredApply = Omit<ApplyRow, 'game'> & GameScope;

const columns = `a.id, a.studio_id as "studioId", a.game_id as "gameId", a.state, a.owners, a.settings, a.audit, a.attempts`;

// The partial unique index lets only one apply of a game run.
const insertApply = statement(
  'identity_apply_insert',
  `insert into configuration_apply (id, studio_id, game_id, state, owners, settings, audit,
                                    lease_owner, lease_until, created_at, updated_at)
   values ($1, $2, $3, 'preparing', $4, $5, $6, $7, $8, $9, $9)
   on conflict (game_id) where state in ('preparing', 'committing', 'abandoning') do nothing
   returning id`,
);

const moveApply = statement(
  'identity_apply_move',
  `update configuration_apply
      set state = $4, lease_until = $5, updated_at = $6
    where id = $1 and lease_owner = $2 and state = $3 and lease_until > $6
   returning id`,
);

const claimDue = statement(
  'identity_apply_claim',
  `update configuration_apply as a
      set lease_owner = $1, lease_until = $2, attempts = attempts + 1, updated_at = $3
    where a.id = (select id from configuration_apply
                   where state in ('preparing', 'committing', 'abandoning') and lease_until <= $3
                   order by lease_until
                     for update skip locked
                   limit 1)
   returning ${columns}`,
);

const releaseLease = statement(
  'identity_apply_release',
  `update configuration_apply set lease_until = $3, last_error = $4, updated_at = $5 where id = $1 and lease_owner = $2`,
);

const lockApply = statement('identity_apply_lock', `select state from configuration_apply where id = $1 for update`);

const finishApply = statement(
  'identity_apply_finish',
  `update configuration_apply set state = $2, last_error = null, updated_at = $3 where id = $1`,
);

/** All SQL of the saga of an apply. */
@Injectable()
export class AppliesStore {
  constructor(private readonly database: Database) {}

  /** @throws conflict apply_running */
  async insert(apply: ApplyRow, lease: Lease, now: Date): Promise<void> {
    const { id, game, owners, settings, audit } = apply;
    const texts = [JSON.stringify(settings), JSON.stringify(audit)];
    const values = [id, game.studioId, game.gameId, owners, ...texts, lease.owner, lease.until, now];
    if ((await this.database.query(insertApply, values)).length === 1) return;
    throw fail('conflict', 'another document is being applied', { reason: 'apply_running' });
  }

  /** Moves a row this lease holds. False when the lease has run out, and somebody else may have moved it. */
  async move(apply: ApplyRow, to: ApplyState, lease: Lease, now: Date): Promise<boolean> {
    const rows = await this.database.query(moveApply, [apply.id, lease.owner, apply.state, to, lease.until, now]);
    return rows.length === 1;
  }

  /** A row nobody works on. */
  async claimDue(lease: Lease, now: Date): Promise<ApplyRow | null> {
    const [row] = await this.database.query<StoredApply>(claimDue, [lease.owner, lease.until, now]);
    return row ? toApply(row) : null;
  }

  /** Lets the next worker have the row from then on. */
  async release(applyId: string, owner: string, from: Date, error: string, now: Date): Promise<void> {
    await this.database.query(releaseLease, [applyId, owner, from, error, now]);
  }

  /** The state, locked until the transaction ends. */
  async lock(tx: Tx, applyId: string): Promise<ApplyState | null> {
    const [row] = await tx.query<{ state: ApplyState }>(lockApply, [applyId]);
    return row?.state ?? null;
  }

  async finish(tx: Tx, applyId: string, state: 'done' | 'abandoned', now: Date): Promise<void> {
    await tx.query(finishApply, [applyId, state, now]);
  }
}

function toApply({ studioId, gameId, ...row }: StoredApply): ApplyRow {
  return { ...row, game: { studioId, gameId } };
}
