import { Database, type Tx } from '@kraty/platform/persistence';
import { startGround, type Ground } from '@kraty/testing/harness';
import { outlastEarlierWrites } from './earlier-writes.store.js';

let ground: Ground;
let sut: Database;

beforeAll(async () => {
  ground = await startGround({ services: ['leaderboards'] });
  sut = new Database({ url: ground.databaseUrl('leaderboards'), poolMax: 4, applicationName: 'kraty-test' });
});

afterAll(async () => {
  await sut.close();
  await ground.stop();
});

/** A transaction that has written and stays open. */
async function writing(): Promise<() => Promise<void>> {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let transaction!: Promise<void>;
  await new Promise<void>((begun) => {
    transaction = sut.transaction(async (tx) => {
      await tx.query('update board_entry set score = 0 where false', []);
      begun();
      await ended;
    });
  });
  return () => {
    end();
    return transaction;
  };
}

/** Tells of each look. */
function watched(looked: () => unknown): Tx {
  return {
    query: async (...asked: Parameters<Tx['query']>) => {
      const rows = await sut.query(...asked);
      looked();
      return rows;
    },
  } as Tx;
}

it('does not wait for readers', async () => {
  await sut.transaction(async (tx) => {
    await tx.query('select from board_entry', []);
    await outlastEarlierWrites(sut, 0);
  });
});

it('waits for whoever wrote before, not for those that come later', async () => {
  const endEarlier = await writing();
  let looks = 0;
  let outlasted: Promise<void> = Promise.resolve();
  await new Promise<void>((looked) => {
    outlasted = outlastEarlierWrites(watched(() => (looks += 1) === 3 && looked()));
  });
  const endLater = await writing();
  await endEarlier();
  await outlasted;
  await endLater();
  expect(looks).toBeGreaterThan(3);
});

it('gives up on a writer that does not end', async () => {
  const end = await writing();
  await expect(outlastEarlierWrites(sut, 40)).rejects.toMatchObject({ status: 503 });
  await end();
});
