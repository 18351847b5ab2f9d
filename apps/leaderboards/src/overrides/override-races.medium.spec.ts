import { uuidV7 } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';
import { ScoresStore } from '../scores/scores.store.js';

let world: BoardsWorld;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
});

afterAll(() => world.stop());

async function scoreOf(board: string, playerId: string): Promise<number | undefined> {
  const text = 'select score from board_entry where leaderboard_id = $1 and participant_id = $2';
  return (await world.ground.sql<{ score: number }>('leaderboards', text, [board, playerId]))[0]?.score;
}

function count(text: string, values: unknown[]): Promise<number> {
  return world.ground.sql('leaderboards', text, values).then((rows) => rows.length);
}

describe('a write of an attempt that has begun before an operator sets its score, and ends after', () => {
  it.each([1, 2, 3])('leaves the lower score (%i)', async () => {
    const [first, second] = [world.player('mira'), world.player('zoe')].toSorted() as [string, string];
    const [board, attemptId] = [world.openBoard(), uuidV7()];
    world.score(board, first, { attemptId: uuidV7(), revision: 1, score: 50 });
    world.score(board, second, { attemptId, revision: 1, score: 100 });
    await eventually(async () => expect(await scoreOf(board, first)).toBe(50));
    await eventually(async () => expect(await scoreOf(board, second)).toBe(100));

    const { app } = world.host.service('leaderboards');
    const [store, database] = [app.get(ScoresStore), app.get(Database)];
    const standing = { leaderboardId: board, achievedAtMs: world.clock.nowMs(), joinedOnly: false };
    let late: Promise<unknown> = Promise.resolve();
    await database.transaction(async (tx) => {
      await store.lock(tx, board, first);
      // It has looked for overrides and waits for the first row; the row of the attempt is its next.
      late = store.apply([
        { ...standing, participantId: first, score: 60, attemptId: uuidV7() },
        { ...standing, participantId: second, score: 100, attemptId },
      ]);
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      await eventually(async () => expect(await count(waiting, [])).toBe(1));
      const lowered = { playerId: second, score: 10, achievedAtMs: world.clock.nowMs() };
      world.others.standings.set(board, [lowered]);
      world.override(board, second, attemptId, { score: 10 });
      const marked = 'select from contribution where leaderboard_id = $1 and source_id = $2';
      await eventually(async () => expect(await count(marked, [board, attemptId])).toBe(1));
    });
    await late;
    expect(await scoreOf(board, first)).toBe(60);
    await eventually(async () => expect(await scoreOf(board, second)).toBe(10));
  });
});
