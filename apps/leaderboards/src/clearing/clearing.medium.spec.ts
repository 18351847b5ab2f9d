import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsWorld } from '../boards-world.fixture.js';
import { Periods } from '../periods/periods.service.js';
import { ClearingStore } from './clearing.store.js';
import { ClearingWorker } from './clearing.worker.js';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
const key = 'weekly_sum';

let world: BoardsWorld;
let worker: ClearingWorker;

beforeAll(async () => {
  world = await BoardsWorld.start('2026-06-17T12:00:00.000Z');
  worker = await world.byHand(ClearingWorker);
  const sum = { name: 'Sum', scoreAggregation: 'sum' as const };
  expect(
    await world.configure([
      { key, ...sum, resetCadence: 'weekly' },
      { key: 'all_time', ...sum, resetCadence: 'never' },
    ]),
  ).toEqual([]);
});

afterAll(() => world.stop());

const get = <T>(type: new (...given: never[]) => T): T => world.host.service('leaderboards').app.get(type);
const round = () => worker.round();
const count = async (table: string, leaderboardId: string) => {
  const text = `select count(*)::int as rows from ${table} where leaderboard_id = $1`;
  return (await world.ground.sql<{ rows: number }>('leaderboards', text, [leaderboardId]))[0]!.rows;
};
const listOf = async (definition: string, period: string) => {
  const text = `select board.leaderboard_id as id from board join leaderboard_definition as made
                  on made.leaderboard_id = board.definition_id where made.key = $1 and opens_at = $2`;
  return (await world.ground.sql<{ id: string }>('leaderboards', text, [definition, period]))[0]!.id;
};

describe('a frozen list', () => {
  it('keeps what only writes need for as long as a fact of its time may come again', async () => {
    const [board, mira] = [world.openBoard({ scoreAggregation: 'sum' }), world.player('mira')];
    world.score(board, mira, { attemptId: uuidV7(), revision: 1, score: 5 });
    await eventually(async () => expect(await count('contribution', board)).toBe(1));
    const insert = 'insert into counted_writes (leaderboard_id, attempt_id, revision) values ($1, $2, 1)';
    await world.ground.sql('leaderboards', insert, [board, uuidV7()]);
    const standing = { playerId: mira, score: 5, achievedAtMs: world.clock.nowMs() };
    world.closeBoard(board, [standing]);
    await eventually(async () => expect(await count('leaderboard_entry', board)).toBe(1));
    world.clock.advance(30 * dayMs - 1);
    await round();
    expect([await count('contribution', board), await count('counted_writes', board)]).toEqual([1, 1]);
    world.clock.advance(1);
    await Promise.all([round(), round()]);
    expect([await count('contribution', board), await count('counted_writes', board)]).toEqual([0, 0]);
    expect([await count('leaderboard_entry', board), await count('board_entry', board)]).toEqual([1, 1]);
  });

  it('goes on where a bounded round has ended', async () => {
    const lists = [world.openBoard({ scoreAggregation: 'sum' }), world.openBoard({ scoreAggregation: 'sum' })];
    for (const board of lists) {
      await eventually(async () => expect(await count('board', board)).toBe(1));
      world.closeBoard(board, []);
      const text = 'select from board where leaderboard_id = $1 and finalized_at is not null';
      await eventually(async () => expect(await world.ground.sql('leaderboards', text, [board])).toHaveLength(1));
      const insert = `insert into counted_writes (leaderboard_id, attempt_id, revision)
                      select $1, gen_random_uuid(), 1 from generate_series(1, 20)`;
      await world.ground.sql('leaderboards', insert, [board]);
    }
    const store = get(ClearingStore);
    const ticks = store.ticks.bind(store);
    // As if a batch were one row: every one that deletes is a full one.
    Object.assign(store, { ticks: async (id: string) => ((await ticks(id, 1)) > 0 ? 5_000 : 0) });
    world.clock.advance(30 * dayMs);
    const left = async () => (await count('counted_writes', lists[0]!)) + (await count('counted_writes', lists[1]!));
    await round();
    expect(await left()).toBe(2);
    await round();
    expect(await left()).toBe(0);
    Reflect.deleteProperty(store, 'ticks');
  });
});

describe('a period of a board that adds up', () => {
  it('keeps from where an attempt counts on, and loses that once no window can be open any more', async () => {
    const [board, nico] = [world.openBoard({ closesAt: '2030-01-01T00:00:00.000Z' }), world.player('nico')];
    const [long, short] = [uuidV7(), uuidV7()];
    const write = (attemptId: string, revision: number, score: number) =>
      world.score(board, nico, { attemptId, revision, score, contributesTo: [key, 'all_time'] });
    const rows = () => world.rows(key);
    const periods: string[] = [];
    const told = async (expected: number) => {
      await eventually(async () => expect(await rows()).toEqual([['nico', expected]]));
      periods.push((await world.read(key)).board.period!);
    };
    write(short, 1, 3);
    write(long, 1, 10);
    await told(13);
    world.clock.advance(weekMs);
    write(long, 2, 25);
    await told(15);
    world.clock.advance(2 * weekMs);
    await get(Periods).closeDue();
    const lists = await Promise.all(periods.map((period) => listOf(key, period)));
    const kept = () => Promise.all(lists.map((list) => count('contribution', list)));
    expect(await kept()).toEqual([2, 1]);
    world.clock.advance(30 * dayMs);
    await round();
    // The first of the long attempt went: the second says from where it counts on.
    expect(await kept()).toEqual([1, 1]);
    write(long, 3, 26);
    await told(1);
    world.clock.advance(400 * dayMs);
    await round();
    expect(await kept()).toEqual([0, 0]);
    expect(await count('contribution', await listOf('all_time', '1970-01-01T00:00:00.000Z'))).toBe(2);
    await eventually(async () => expect(await world.rows('all_time')).toEqual([['nico', 29]]));
  });
});
