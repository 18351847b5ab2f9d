import { busy } from '@kraty/platform/errors';
import { statement, type Tx } from '@kraty/platform/persistence';

/** A statement is ended after as long, so what lasts longer is no ordinary write. Milliseconds. */
const earlierWritesMsMax = 15_000;
/** Between two looks at them. Milliseconds. */
const lookMs = 20;

/**
 * Transactions that write rows of boards, of all processes. A statement takes the lock before it decides what it sees,
 * and its transaction keeps it to the end; the name of a transaction is never used again. (Databases that are copies of
 * each other share the numbers of their tables.)
 */
const selectRowWriters = statement(
  'select-row-writers',
  `select distinct virtualtransaction as name from pg_locks
    where locktype = 'relation' and mode = 'RowExclusiveLock' and granted
      and relation = 'board_entry'::regclass
      and database = (select oid from pg_database where datname = current_database())`,
);

/**
 * Waits until all that wrote rows of boards when it was called have ended: whoever writes afterwards sees what was
 * committed before. It holds nothing meanwhile, and writes that begin later are not waited for.
 *
 * @throws 503 `busy` when one of them takes longer than `withinMs`
 */
export async function outlastEarlierWrites(database: Tx, withinMs = earlierWritesMsMax): Promise<void> {
  let earlier = await rowWriters(database);
  for (let waitedMs = 0; earlier.size > 0; waitedMs += lookMs) {
    if (waitedMs >= withinMs) throw busy();
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    const present = await rowWriters(database);
    earlier = new Set([...earlier].filter((name) => present.has(name)));
  }
}

async function rowWriters(database: Tx): Promise<Set<string>> {
  const rows = await database.query<{ name: string }>(selectRowWriters, []);
  return new Set(rows.map(({ name }) => name));
}
