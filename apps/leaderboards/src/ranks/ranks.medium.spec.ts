import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { BoardsStore } from '../boards/boards.store.js';
import { ScoresStore, type EntryRow } from '../scores/scores.store.js';
import { driftsOf, indexed, indexedScoresOf, RanksWorld, score, scoresOf, standing, startMs } from './ranks.fixture.js';
import { RanksStore } from './ranks.store.js';

let world: RanksWorld;

beforeAll(async () => {
  world = await RanksWorld.start();
});

afterAll(() => world.stop());

/** Rows that come when the spec lets them, so that builds overlap. */
class HeldScores extends ScoresStore {
  asked = 0;
  private gate: Promise<void>;
  letGo: () => void = () => undefined;

  constructor() {
    super(world.database);
    this.gate = new Promise((resolve) => (this.letGo = resolve));
  }

  override async page(leaderboardId: string, after: string, limit: number): Promise<EntryRow[]> {
    this.asked += 1;
    await this.gate;
    return super.page(leaderboardId, after, limit);
  }
}

describe('the rank index', () => {
  it('is built by the first of two processes that want it; the second does not undo its work', async () => {
    const [held, others] = [new HeldScores(), new HeldScores()] as const;
    others.letGo();
    const [first, second] = [await world.newProcess(held), await world.newProcess(others)] as const;
    const board = await world.newBoard();
    await first.scores.apply([standing(board, uuidV7(), 7)]);
    const reading = [first.ranks.read(board, null, 10)];
    await eventually(() => expect(held.asked).toBe(1));
    expect(await second.index.begin(board)).toBe('busy');
    reading.push(second.ranks.read(board, null, 10));
    held.letGo();
    // One that has waited for too long answers nothing, and does not begin another build.
    for (const read of await Promise.all(reading)) expect([undefined, 7]).toContain(read?.rows[0]?.score);
    for (const process of [first, second]) expect(await indexedScoresOf(process, board)).toEqual([7]);
    expect([held.asked, others.asked]).toEqual([1, 0]);
  });

  it('is built by another when its builder was killed', async () => {
    const [killed, other] = [await world.newProcess(), await world.newProcess()] as const;
    const board = await world.newBoard();
    await other.scores.apply([standing(board, uuidV7(), 7)]);
    await new RanksStore(killed.redis).begin(board);
    const lease = `lb:{${board}}:building`;
    expect(await other.redis.ttl(lease)).toBeGreaterThan(0);
    await other.redis.del(lease);
    expect(await indexedScoresOf(other, board)).toEqual([7]);
  });

  it('is not believed when Redis came back with an older copy of it', async () => {
    const before = await world.newProcess();
    const [board, player] = [await world.newBoard(), uuidV7()] as const;
    await score(before, board, player, 5);
    expect(await indexedScoresOf(before, board)).toEqual([5]);
    const keys = await before.redis.keys(`lb:{${board}}*`);
    const copy = await Promise.all(keys.map((key) => before.redis.dumpBuffer(key)));
    await score(before, board, player, 9);
    await world.ground.kill('redis');
    await world.ground.restart('redis');
    const after = await world.newProcess();
    await Promise.all(keys.map((key, at) => after.redis.restore(key, 0, copy[at]!)));
    expect(await scoresOf(after, board)).toEqual([9]);
  });

  it('is not complete when Redis was started anew during its build and has lost a part of what was gathered', async () => {
    const before = await world.newProcess();
    const board = await world.newBoard();
    await before.scores.apply([standing(board, uuidV7(), 5), standing(board, uuidV7(), 9)]);
    const { build } = (await before.index.begin(board)) as { build: string };
    expect(await before.index.gather(board, build, (await before.scores.top(board, 2)).slice(1))).toBe(true);
    const keys = await before.redis.keys(`lb:{${board}}*`);
    const copy = await Promise.all(keys.map((key) => before.redis.dumpBuffer(key)));
    await world.ground.kill('redis');
    await world.ground.restart('redis');
    const after = await world.newProcess();
    await Promise.all(keys.map((key, at) => after.redis.restore(key, 0, copy[at]!)));
    await after.index.adopt(board, build);
    expect(await scoresOf(after, board)).toEqual([9, 5]);
  });

  it('catches up with what a process could not tell it', async () => {
    const [cutOff, other] = [await world.newProcess(), await world.newProcess()] as const;
    const [board, player] = [await world.newBoard(), uuidV7()] as const;
    await score(other, board, player, 5);
    expect(await indexedScoresOf(other, board)).toEqual([5]);
    cutOff.redis.disconnect();
    await score(cutOff, board, player, 9);
    await other.repair.round();
    expect(await scoresOf(other, board)).toEqual([9]);
  });

  it('stays behind while a repair is overtaken by another miss', async () => {
    const [cutOff, other] = [await world.newProcess(), await world.newProcess()] as const;
    const [board, player] = [await world.newBoard(), uuidV7()] as const;
    await score(other, board, player, 5);
    expect(await indexedScoresOf(other, board)).toEqual([5]);
    cutOff.redis.disconnect();
    await score(cutOff, board, player, 6);
    const boards = new BoardsStore(world.database);
    const seen = (await boards.behind(1_000)).find(({ leaderboardId }) => leaderboardId === board);
    await score(cutOff, board, player, 9);
    await boards.caughtUp(seen!);
    await other.repair.round();
    expect(await scoresOf(other, board)).toEqual([9]);
  });

  it('is made anew when a comparison finds that it has drifted, and counts that', async () => {
    const process = await world.newProcess();
    const [board, player, other] = [await world.newBoard(), uuidV7(), uuidV7()] as const;
    await score(process, board, player, 5);
    await score(process, board, other, 7);
    expect(await indexedScoresOf(process, board)).toEqual([7, 5]);
    await process.comparison.compare(board);
    expect(await driftsOf(process)).toBe(0);
    const [member] = await process.redis.zrange(`lb:{${board}}`, 0, 0);
    await process.redis.zadd(`lb:{${board}}`, 99, member!);
    await process.comparison.compare(board);
    expect(await indexedScoresOf(process, board)).toEqual([7, 5]);
    await process.redis.zadd(`lb:{${board}}`, 50, '0000000000000:stranger');
    await process.comparison.compare(board);
    expect(await indexedScoresOf(process, board)).toEqual([7, 5]);
    await process.redis.zrem(`lb:{${board}}`, member!);
    await process.redis.hdel(`lb:{${board}}:m`, player);
    await process.comparison.compare(board);
    expect(await indexedScoresOf(process, board)).toEqual([7, 5]);
    expect(await driftsOf(process)).toBe(3);
  });

  it('is compared by one of several instances, the one compared longest ago first', async () => {
    const process = await world.newProcess();
    const board = await world.newBoard();
    await score(process, board, uuidV7(), 5);
    const boards = new BoardsStore(world.database);
    const [now, before] = [new Date(startMs), new Date(startMs - 1)];
    const taken = await Promise.all([
      boards.takeForComparison(before, now, 500),
      boards.takeForComparison(before, now, 500),
    ]);
    expect(taken.flat().filter((id) => id === board)).toHaveLength(1);
    expect(await boards.takeForComparison(before, now, 500)).toEqual([]);
  });

  it('heals by itself when Redis is flushed while 200 write, and answers meanwhile', async () => {
    const process = await world.newProcess();
    const board = await world.newBoard();
    const players = Array.from({ length: 100_000 }, () => uuidV7());
    for (let from = 0; from < players.length; from += 10_000) {
      await world.database.query(
        `insert into board_entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision)
         select $1, id, 'player', at % 5000, to_timestamp($3::float8 / 1000), false, 1
           from unnest($2::uuid[]) with ordinality as player (id, at)`,
        [board, players.slice(from, from + 10_000), startMs],
      );
    }
    const beganMs = performance.now();
    expect((await process.ranks.read(board, null, 1)) ?? (await process.ranks.fromRows(board, null, 1))).toBeTruthy();
    await indexed(process, board);
    const builtMs = performance.now() - beganMs;
    const writers = players.slice(0, 200);
    // Twenty at a time: nobody waits long for a connection, however slow the machine.
    const lanes = 20;
    const write = (round: number) =>
      Promise.all(
        Array.from({ length: lanes }, async (_, lane) => {
          for (let at = lane; at < writers.length; at += lanes) {
            await score(process, board, writers[at]!, 10_000 + 200 * round + at);
          }
        }),
      );
    await write(0);
    await world.ground.flushRedis();
    const flushedAtMs = performance.now();
    const healing = indexed(process, board).then(() => performance.now());
    for (let round = 1; round <= 3; round += 1) {
      await write(round);
      const read =
        (await process.ranks.read(board, writers[199]!, 1)) ?? (await process.ranks.fromRows(board, writers[199]!, 1));
      expect(read.self).toEqual({ rank: 1, score: 10_000 + 200 * round + 199 });
    }
    // A machine that needs seconds while nobody writes is given as many times more.
    expect((await healing) - flushedAtMs).toBeLessThan(Math.max(10_000, 10 * builtMs));
    const [live, rows] = await Promise.all([
      process.index.read(board, writers[0]!, 200),
      process.ranks.fromRows(board, writers[0]!, 200),
    ]);
    expect(live?.self).toEqual(rows.self);
    expect(live?.rows).toEqual(rows.rows.map(({ participantId, score: points }) => ({ participantId, score: points })));
  }, 400_000);

  it('ranks for whoever watches while it is being built', async () => {
    const held = new HeldScores();
    const process = await world.newProcess(held);
    const [board, player] = [await world.newBoard(), uuidV7()] as const;
    await process.ranks.watch(board);
    const rows = await held.apply([standing(board, player, 7)]);
    expect(await process.ranks.apply(board, rows, [player])).toEqual([{ rank: 1, score: 7 }]);
    held.letGo();
  });

  it('ranks for whoever watches although Redis has lost the mark of it', async () => {
    const [writer, other] = [await world.newProcess(), await world.newProcess()] as const;
    const [board, player] = [await world.newBoard(), uuidV7()] as const;
    await score(writer, board, player, 5);
    expect(await scoresOf(writer, board)).toEqual([5]);
    await other.ranks.watch(board);
    const seen = await writer.ranks.apply(board, await writer.scores.apply([standing(board, player, 7)]), [player]);
    expect(seen).toEqual([{ rank: 1, score: 7 }]);
    await world.ground.flushRedis();
    expect(await scoresOf(writer, board)).toEqual([7]);
    const after = await writer.ranks.apply(board, await writer.scores.apply([standing(board, player, 9)]), [player]);
    expect(after).toEqual([{ rank: 1, score: 9 }]);
    const nobody = await world.newBoard();
    await score(writer, nobody, player, 5);
    await scoresOf(writer, nobody);
    expect(await writer.ranks.apply(nobody, [], [player])).toBeNull();
  });

  it('keeps one reader waiting for a Redis that is silent, not every one', async () => {
    const process = await world.newProcess();
    const board = await world.newBoard();
    process.redis.options.commandTimeout = 500;
    await process.redis.client('PAUSE', 60_000);
    const read = process.index.read.bind(process.index);
    let waited = 0;
    process.index.read = (...asked) => {
      waited += 1;
      return read(...asked);
    };
    for (let times = 0; times < 40; times += 1) expect(await process.ranks.read(board, null, 10)).toBeNull();
    // Now and then somebody has to look again, on a machine that stands still for as long.
    expect(waited).toBeGreaterThan(0);
    expect(waited).toBeLessThan(5);
  });
});
