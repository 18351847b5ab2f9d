import { Logger } from '../logging/index.js';
import type { Database } from '../persistence/index.js';
import { Metrics } from '../telemetry/index.js';
import { factMetrics } from './fact-metrics.js';
import { Housekeeping } from './housekeeping.js';
import { HousekeepingStore } from './housekeeping.store.js';
import { OwnDatabase } from './own-database.fixture.js';
import { Parking } from './parking.js';
import type { Relay } from './relay.js';
import { firstIdAt } from './time-ids.js';

const dayMs = 24 * 60 * 60 * 1_000;

describe('Housekeeping', () => {
  let postgres: OwnDatabase;
  let database: Database;
  let sut: Housekeeping;
  let oldReplies = 0;
  const recordedReplies = {
    purge: (rowsMax: number): Promise<number> => {
      const purged = Math.min(rowsMax, oldReplies);
      oldReplies -= purged;
      return Promise.resolve(purged);
    },
  };

  beforeAll(async () => {
    postgres = await OwnDatabase.start();
    database = await postgres.create();
    const parking = new Parking(database, factMetrics(new Metrics('economy')));
    const relay = { isElected: true } as Relay;
    sut = new Housekeeping(new HousekeepingStore(database), recordedReplies, parking, relay, Logger.silent());
  });

  afterAll(() => postgres.stop());

  const daysAgo = (days: number): Date => new Date(Date.now() - days * dayMs);
  /** Answers with the id of the row. */
  const put = async (days: number, published: boolean): Promise<string> => {
    const at = daysAgo(days);
    const id = firstIdAt(at.getTime());
    const row = [id, at, published ? at : null];
    await database.query(
      `insert into outbox (id, subject, payload, created_at, published_at) values ($1, 's', '{}', $2, $3)`,
      row,
    );
    return id;
  };

  it('deletes rows published longer ago than they are kept, and nothing that is unpublished', async () => {
    await put(8, true);
    const [unpublished, recent] = [await put(9, false), await put(6, true)];
    await sut.purge();
    const rows = await database.query<{ id: string }>('select id from outbox order by id');
    expect(rows.map(({ id }) => id)).toEqual([unpublished, recent]);
  });

  it('forgets applied facts only after every way they could come again is closed', async () => {
    const insert = 'insert into inbox (consumer, fact_id, processed_at) values ($1, $2, $3)';
    await database.query(insert, ['old', firstIdAt(1), daysAgo(31)]);
    await database.query(insert, ['recent', firstIdAt(2), daysAgo(29)]);
    await sut.purge();
    expect(await database.query('select consumer from inbox')).toEqual([{ consumer: 'recent' }]);
  });

  it('asks for old recorded replies until none are left', async () => {
    oldReplies = 12_000;
    await sut.purge();
    expect(oldReplies).toBe(0);
  });
});
