import { Logger } from '@kraty/platform/logging';
import { uuidV7 } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { closeRedis, openRedis, type Redis } from '@kraty/platform/redis';
import { eventually, startGround, type Ground } from '@kraty/testing/harness';
import { BoardsStore } from '../boards/boards.store.js';
import { ScoresStore, type EntryRow } from '../scores/scores.store.js';
import { IndexRepairWorker } from './index-repair.worker.js';
import { Ranks } from './ranks.service.js';
import { RanksStore } from './ranks.store.js';

const startMs = Date.UTC(2026, 10, 1, 12);

let ground: Ground;
let database: Database;
const clients: Redis[] = [];

beforeAll(async () => {
  ground = await startGround({ services: ['leaderboards'] });
  database = new Database({ url: ground.databaseUrl('leaderboards'), poolMax: 6, applicationName: 'spec' });
});

afterAll(async () => {
  await Promise.all(clients.map(closeRedis));
  await database.close();
  await ground.stop();
});

/** Rows that come when the spec lets them, so that builds overlap. */
class HeldScores extends ScoresStore {
  asked = 0;
  private gate: Promise<void>;
  letGo: () => void = () => undefined;

  constructor() {
    super(database);
    this.gate = new Promise((resolve) => (this.letGo = resolve));
  }

  override async page(leaderboardId: string, after: string, limit: number): Promise<EntryRow[]> {
    this.asked += 1;
    await this.gate;
    return super.page(leaderboardId, after, limit);
  }
}

/** What one process of the service has. */
async function newProcess(scores = new ScoresStore(database)) {
  const redis = await openRedis(ground.redisUrl, 'spec', Logger.silent());
  clients.push(redis);
  const [index, boards] = [new RanksStore(redis), new BoardsStore(database)];
  const ranks = new Ranks(index, scores, boards, Logger.silent());
  const repair = new IndexRepairWorker(index, boards, Logger.silent());
  return { redis, index, scores, ranks, repair };
}

async function newBoard(): Promise<string> {
  const leaderboardId = uuidV7();
  await new BoardsStore(database).add({
    leaderboardId,
    scope: { studioId: uuidV7(), gameId: uuidV7(), environment: 'live' },
    mode: 'global',
    scoreAggregation: 'best',
    eventId: uuidV7(),
    eventKey: 'daily',
    eventWindowId: uuidV7(),
    opensAt: new Date(startMs),
    closesAt: new Date(startMs + 86_400_000),
    finalizedAt: null,
    finalizedReason: null,
  });
  return leaderboardId;
}

const standing = (leaderboardId: string, participantId: string, score: number) => ({
  leaderboardId,
  participantId,
  score,
  achievedAtMs: startMs + score,
  joinedOnly: false,
});

type Process = Awaited<ReturnType<typeof newProcess>>;

/** Commits a score and tells the index, as the consumer of scores does. */
async function score({ scores, ranks }: Process, board: string, player: string, points: number): Promise<void> {
  await ranks.apply(board, await scores.apply([standing(board, player, points)]), []);
}

/** What a reader is shown: by the index, or without it. */
async function scoresOf({ ranks }: Process, board: string): Promise<number[]> {
  const read = (await ranks.read(board, null, 10)) ?? (await ranks.fromRows(board, null, 10));
  return read.rows.map((row) => row.score);
}

describe('the rank index', () => {
  it('is built by the first of two processes that want it; the second does not undo its work', async () => {
    const held = new HeldScores();
    const [first, second] = [await newProcess(held), await newProcess()] as const;
    const board = await newBoard();
    await first.scores.apply([standing(board, uuidV7(), 7)]);
    const reading = [first.ranks.read(board, null, 10)];
    await eventually(() => expect(held.asked).toBe(1));
    expect(await second.index.begin(board)).toBe('busy');
    reading.push(second.ranks.read(board, null, 10));
    held.letGo();
    const both = await Promise.all(reading);
    expect(both.map((read) => read?.rows[0]?.score)).toEqual([7, 7]);
  });

  it('is built by another when its builder was killed', async () => {
    const [killed, other] = [await newProcess(), await newProcess()] as const;
    const board = await newBoard();
    await other.scores.apply([standing(board, uuidV7(), 7)]);
    await new RanksStore(killed.redis).begin(board);
    const lease = `lb:{${board}}:building`;
    expect(await other.redis.ttl(lease)).toBeGreaterThan(0);
    await other.redis.del(lease);
    expect((await other.ranks.read(board, null, 10))?.rows).toMatchObject([{ score: 7 }]);
  });

  it('is not believed when Redis came back with an older copy of it', async () => {
    const before = await newProcess();
    const [board, player] = [await newBoard(), uuidV7()] as const;
    await score(before, board, player, 5);
    expect(await scoresOf(before, board)).toEqual([5]);
    const keys = await before.redis.keys(`lb:{${board}}*`);
    const copy = await Promise.all(keys.map((key) => before.redis.dumpBuffer(key)));
    await score(before, board, player, 9);
    await ground.kill('redis');
    await ground.restart('redis');
    const after = await newProcess();
    await Promise.all(keys.map((key, at) => after.redis.restore(key, 0, copy[at]!)));
    expect(await scoresOf(after, board)).toEqual([9]);
  });

  it('catches up with what a process could not tell it', async () => {
    const [cutOff, other] = [await newProcess(), await newProcess()] as const;
    const [board, player] = [await newBoard(), uuidV7()] as const;
    await score(other, board, player, 5);
    expect(await scoresOf(other, board)).toEqual([5]);
    cutOff.redis.disconnect();
    await score(cutOff, board, player, 9);
    await other.repair.round();
    expect(await scoresOf(other, board)).toEqual([9]);
  });

  it('stays behind while a repair is overtaken by another miss', async () => {
    const [cutOff, other] = [await newProcess(), await newProcess()] as const;
    const [board, player] = [await newBoard(), uuidV7()] as const;
    await score(other, board, player, 5);
    cutOff.redis.disconnect();
    await score(cutOff, board, player, 6);
    const boards = new BoardsStore(database);
    const [seen] = await boards.behind(10);
    await score(cutOff, board, player, 9);
    await boards.caughtUp(seen!);
    await other.repair.round();
    expect(await scoresOf(other, board)).toEqual([9]);
  });

  it('keeps one reader waiting for a Redis that is silent, not every one', async () => {
    const process = await newProcess();
    const board = await newBoard();
    await process.redis.client('PAUSE', 3_000);
    expect(await process.ranks.read(board, null, 10)).toBeNull();
    const startedMs = performance.now();
    for (let times = 0; times < 20; times += 1) expect(await process.ranks.read(board, null, 10)).toBeNull();
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});
