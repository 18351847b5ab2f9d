import { attemptStarted } from '@kraty/contracts/events';
import { readEventBoard } from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld, entriesOf } from '../boards-world.fixture.js';
import { ContributionsStore } from './contributions.store.js';

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
});

afterAll(() => world.stop());

async function scores(leaderboardId: string): Promise<number[]> {
  const question = { scope: world.scope, leaderboardId, limit: 50, selfPlayerId: null, progression: [] };
  const view = await world.messenger.request(readEventBoard, { ...question, knownView: null });
  return entriesOf(view).map(({ score }) => score);
}

async function lockWaits(): Promise<number> {
  const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  return (await world.ground.sql('leaderboards', waiting, [])).length;
}

describe('a registration that comes between the reading and the writing of a score', () => {
  it('leaves the score in the index, too', async () => {
    const [board, mira, attemptId] = [world.openBoard({ scoreAggregation: 'sum' }), world.player('mira'), uuidV7()];
    await eventually(async () => expect(await scores(board)).toEqual([]));
    const store = world.host.service('leaderboards').app.get(ContributionsStore);
    const { entries } = store;
    store.entries = async (...asked) => {
      const found = await entries.apply(store, asked);
      Reflect.deleteProperty(store, 'entries');
      world.publish(attemptStarted, attemptId, 1, {
        ...{ attemptId, eventId: uuidV7(), eventWindowId: uuidV7(), leaderboardId: board, playerId: mira },
        startedAt: world.clock.now().toISOString(),
      } as never);
      // It waits for the lock of the player, or stands on the board already.
      await eventually(async () => expect((await lockWaits()) + (await scores(board)).length).toBeGreaterThan(0));
      return found;
    };
    world.score(board, mira, { attemptId, revision: 1, score: 42 });
    await eventually(async () => expect(await scores(board)).toEqual([42]));
  });
});
