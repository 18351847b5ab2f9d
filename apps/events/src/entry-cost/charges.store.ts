import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { Charge } from './charge.js';

const columns = `event_window_id as "eventWindowId", player_id as "playerId", n, studio_id as "studioId", game_id as "gameId",
  environment, attempt_id as "attemptId", state`;

// One that is not reversed stands in the way of another: whoever comes second gets the first one's.
const OPEN_CHARGE = statement(
  'charge_open',
  `insert into entry_charge (event_window_id, player_id, n, studio_id, game_id, environment, attempt_id, state, due_at, created_at)
   select $1, $2, coalesce(max(n), 0) + 1, $3, $4, $5, $6, 'open', $7, $8
     from entry_charge where event_window_id = $1 and player_id = $2
   on conflict do nothing
   returning ${columns}`,
);

const STANDING = statement(
  'charge_standing',
  `select ${columns} from entry_charge where event_window_id = $1 and player_id = $2 and state <> 'reversed'`,
);

const START_REVERSING = statement(
  'charge_start_reversing',
  `update entry_charge set state = 'reversing', due_at = $4
    where event_window_id = $1 and player_id = $2 and n = $3 and state = 'open'
   returning n`,
);

const REVERSED = statement(
  'charge_reversed',
  `update entry_charge set state = 'reversed'
    where event_window_id = $1 and player_id = $2 and n = $3 and state = 'reversing'`,
);

// Claimed by moving the due time on: whoever dies with them leaves them to a later round.
const CLAIM_DUE = statement(
  'charges_claim_due',
  `update entry_charge c set state = 'reversing', due_at = $2
     from (select event_window_id, player_id, n from entry_charge
            where state in ('open', 'reversing') and due_at <= $1
            order by due_at limit $3 for update skip locked) due
    where c.event_window_id = due.event_window_id and c.player_id = due.player_id and c.n = due.n
   returning c.event_window_id as "eventWindowId", c.player_id as "playerId", c.n, c.studio_id as "studioId",
             c.game_id as "gameId", c.environment, c.attempt_id as "attemptId", c.state`,
);

type ChargeKey = Pick<Charge, 'eventWindowId' | 'playerId' | 'n'>;

/** Charges of entry costs. Only a start that makes the attempt marks one `used`, in the statement that makes it. */
@Injectable()
export class ChargesStore {
  /** Null when the player has one in the window already. */
  async open(
    tx: Tx,
    of: Scope & { eventWindowId: string; playerId: string; attemptId: string },
    at: { now: Date; dueAt: Date },
  ): Promise<Charge | null> {
    const { eventWindowId, playerId, studioId, gameId, environment, attemptId } = of;
    const values = [eventWindowId, playerId, studioId, gameId, environment, attemptId, at.dueAt, at.now];
    const [charge] = await tx.query<Charge>(OPEN_CHARGE, values);
    return charge ?? null;
  }

  /** The one that is not reversed. */
  async standing(tx: Tx, eventWindowId: string, playerId: string): Promise<Charge | null> {
    const [charge] = await tx.query<Charge>(STANDING, [eventWindowId, playerId]);
    return charge ?? null;
  }

  /** False when its attempt exists, or when somebody gives it back already. */
  async startReversing(tx: Tx, { eventWindowId, playerId, n }: ChargeKey, dueAt: Date): Promise<boolean> {
    return (await tx.query(START_REVERSING, [eventWindowId, playerId, n, dueAt])).length > 0;
  }

  async reversed(tx: Tx, { eventWindowId, playerId, n }: ChargeKey): Promise<void> {
    await tx.query(REVERSED, [eventWindowId, playerId, n]);
  }

  /** Charges to give back that nobody else works on. */
  claimDue(tx: Tx, now: Date, dueAgainAt: Date, limit: number): Promise<Charge[]> {
    return tx.query<Charge>(CLAIM_DUE, [now, dueAgainAt, limit]);
  }
}
