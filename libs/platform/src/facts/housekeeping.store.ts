import { statement, type Database } from '../persistence/index.js';

/** Found by the time inside the id, on the primary key: published rows have no index of their own. */
const deleteOldRows = statement(
  'facts.purge-outbox',
  `delete from outbox where id in (
     select id from outbox
      where id < $1::uuid and published_at < now() - make_interval(days => $2)
      order by id limit $3)
   returning id`,
);

const deleteOldMarks = statement(
  'facts.purge-inbox',
  `delete from inbox where ctid = any(array(
     select ctid from inbox where processed_at < now() - make_interval(days => $1) limit $2))
   returning fact_id`,
);

export class HousekeepingStore {
  constructor(private readonly database: Database) {}

  async deletePublished(beforeId: string, ageDaysMin: number, rowsMax: number): Promise<number> {
    return (await this.database.query(deleteOldRows, [beforeId, ageDaysMin, rowsMax])).length;
  }

  async deleteApplied(ageDaysMin: number, rowsMax: number): Promise<number> {
    return (await this.database.query(deleteOldMarks, [ageDaysMin, rowsMax])).length;
  }
}
