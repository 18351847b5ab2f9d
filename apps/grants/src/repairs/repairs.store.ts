import { Injectable } from '@nestjs/common';
import type { Environment, GameScope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';
import type { PayoutOrder } from '../payouts/payout.js';
import { orderOfTried, type TriedPayout } from '../payouts/payouts.store.js';

/** A change that comes while a worker is under way makes it begin anew. */
const requestRepair = statement(
  'grants-request-payout-repair',
  `insert into payout_repair as kept (game_id, studio_id, changes, tries, due_at)
   values ($1, $2, 1, 0, $3)
   on conflict (game_id) do update
      set changes = kept.changes + 1, after_environment = null, after_key = null, tries = 0, due_at = excluded.due_at`,
);

/** Taking a row moves its time: nobody else takes it while it is worked on, and somebody does when the worker dies. */
const takeDue = statement(
  'grants-take-payout-repairs',
  `update payout_repair set due_at = $2
    where game_id in (
      select game_id from payout_repair
       where due_at <= $1
       order by due_at
       limit $3
         for update skip locked)
   returning game_id, studio_id, changes, after_environment, after_key, tries`,
);

const readFailed = statement(
  'grants-read-failed-payouts',
  `select environment, payout_key, outcome, failure, player_id, ordered
     from payout
    where game_id = $1 and outcome = 'failed' and (environment, payout_key) > ($2, $3)
    order by environment, payout_key
    limit $4`,
);

const saveProgress = statement(
  'grants-save-payout-repair-progress',
  `update payout_repair set after_environment = $3, after_key = $4, due_at = $5, tries = 0
    where game_id = $1 and changes = $2`,
);

const finishRepair = statement(
  'grants-finish-payout-repair',
  `delete from payout_repair where game_id = $1 and changes = $2`,
);

const postponeRepair = statement(
  'grants-postpone-payout-repair',
  `update payout_repair set due_at = $3, tries = $4 where game_id = $1 and changes = $2`,
);

/** A game whose failed payouts are tried again. */
export interface DueRepair {
  game_id: string;
  studio_id: string;
  changes: number;
  after_environment: string | null;
  after_key: string | null;
  tries: number;
}

/** A place among a game's failed payouts. */
export interface RepairPlace {
  environment: string;
  payoutKey: string;
}

type FailedRow = TriedPayout & { environment: Environment; payout_key: string };

@Injectable()
export class RepairsStore {
  constructor(private readonly database: Database) {}

  async request({ gameId, studioId }: GameScope, dueAt: Date): Promise<void> {
    await this.database.query(requestRepair, [gameId, studioId, dueAt]);
  }

  async takeDue(now: Date, leasedUntil: Date, rowsMax: number): Promise<DueRepair[]> {
    return this.database.query<DueRepair>(takeDue, [now, leasedUntil, rowsMax]);
  }

  /** One page of failed payouts, and where the next begins; null = that was the last. */
  async failed(
    { game_id: gameId, studio_id: studioId }: DueRepair,
    after: RepairPlace,
    rowsMax: number,
  ): Promise<{ orders: PayoutOrder[]; next: RepairPlace | null }> {
    const values = [gameId, after.environment, after.payoutKey, rowsMax];
    const rows = await this.database.query<FailedRow>(readFailed, values);
    const orders = rows.flatMap((row) => {
      const scope = { studioId, gameId, environment: row.environment };
      return orderOfTried(scope, row.payout_key, row) ?? [];
    });
    const last = rows.length < rowsMax ? undefined : rows.at(-1);
    return { orders, next: last ? { environment: last.environment, payoutKey: last.payout_key } : null };
  }

  async saveProgress(due: DueRepair, { environment, payoutKey }: RepairPlace, leasedUntil: Date): Promise<void> {
    await this.database.query(saveProgress, [due.game_id, due.changes, environment, payoutKey, leasedUntil]);
  }

  async finish(due: DueRepair): Promise<void> {
    await this.database.query(finishRepair, [due.game_id, due.changes]);
  }

  async postpone(due: DueRepair, dueAt: Date, tries: number): Promise<void> {
    await this.database.query(postponeRepair, [due.game_id, due.changes, dueAt, tries]);
  }
}
