import { Logger } from '../logging/index.js';
import { eventually } from '../messaging/eventually.fixture.js';
import { Housekeeping } from './housekeeping.js';
import type { HousekeepingStore } from './housekeeping.store.js';
import type { Parking } from './parking.js';
import type { Relay } from './relay.js';

/** Tables of which only the recorded replies have something to delete, that many full batches. */
function world(fullBatches: number) {
  let deleted = 0;
  const nothing = () => Promise.resolve(0);
  const store = { deletePublished: nothing, deleteApplied: nothing } as unknown as HousekeepingStore;
  const recordedReplies = { purge: (rowsMax: number) => Promise.resolve((deleted += 1) <= fullBatches ? rowsMax : 0) };
  const parking = { count: () => Promise.resolve() } as unknown as Parking;
  const relay = { isElected: true } as Relay;
  const sut = new Housekeeping(store, recordedReplies, parking, relay, Logger.silent());
  return { sut, deleted: () => deleted };
}

describe('Housekeeping', () => {
  it('says whether a bounded round has left something', async () => {
    expect(await world(3).sut.purge()).toBe(false);
    expect(await world(1_000).sut.purge()).toBe(true);
  });

  it('goes on soon while more is written in a minute than a round deletes', async () => {
    const { sut, deleted } = world(100);
    sut.start();
    await eventually(() => expect(deleted()).toBeGreaterThan(100));
    await sut.stop();
  });
});
