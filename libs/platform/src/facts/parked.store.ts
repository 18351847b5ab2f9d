import { statement, type Database, type Tx } from '../persistence/index.js';

const selectParked = statement(
  'facts.list-parked',
  `select id, consumer, subject, payload, reason, deliveries, parked_at as "parkedAt"
     from parked_message order by parked_at, id limit $1`,
);

const takeParked = statement('facts.unpark', `delete from parked_message where id = $1 returning subject, payload`);

/** A fact that was given up, with what an operator needs to judge it. */
export interface ParkedFact {
  id: string;
  /** The durable that gave it up. */
  consumer: string;
  subject: string;
  payload: string;
  reason: string;
  deliveries: number;
  parkedAt: Date;
}

/** What stands in `parked_message`, for whoever repairs. */
export class ParkedStore {
  constructor(private readonly database: Database) {}

  list(rowsMax: number): Promise<ParkedFact[]> {
    return this.database.query<ParkedFact>(selectParked, [rowsMax]);
  }

  async take(tx: Tx, id: string): Promise<{ subject: string; payload: string } | null> {
    const [row] = await tx.query<{ subject: string; payload: string }>(takeParked, [id]);
    return row ?? null;
  }
}
