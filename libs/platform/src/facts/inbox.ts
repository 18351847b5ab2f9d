import { statement, type Tx } from '../persistence/index.js';

const insertOne = statement(
  'facts.inbox-one',
  `insert into inbox (consumer, fact_id, processed_at) values ($1, $2, now())
   on conflict do nothing returning fact_id`,
);

const insertMany = statement(
  'facts.inbox-many',
  `insert into inbox (consumer, fact_id, processed_at)
   select $1, fact_id, now() from unnest($2::uuid[]) fact_id order by fact_id
   on conflict do nothing returning fact_id`,
);

/**
 * Remembers which facts a consumer has applied, in the transaction of the effect. For facts that carry a change and
 * have no natural key of their own; where there is one, or a revision, that decides instead.
 */
export class Inbox {
  /** False when this consumer has applied the fact before: leave it out. */
  async firstTime(tx: Tx, consumer: string, factId: string): Promise<boolean> {
    const rows = await tx.query<{ fact_id: string }>(insertOne, [consumer, factId]);
    return rows.length === 1;
  }

  /** Those of the given facts that this consumer has not applied yet. Sorted inside, so that two batches cannot deadlock. */
  async firstTimes(tx: Tx, consumer: string, factIds: readonly string[]): Promise<Set<string>> {
    if (factIds.length === 0) return new Set();
    const rows = await tx.query<{ fact_id: string }>(insertMany, [consumer, [...new Set(factIds)]]);
    return new Set(rows.map((row) => row.fact_id));
  }
}
