import { MovableClock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { uuidV7 } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { openRedis, type Redis } from '@kraty/platform/redis';
import { Metrics } from '@kraty/platform/telemetry';
import { eventually, startGround, type Ground } from '@kraty/testing/harness';
import { BoardsStore } from '../boards/boards.store.js';
import { ScoresStore } from '../scores/scores.store.js';
import { IndexComparisonWorker } from './index-comparison.worker.js';
import { IndexRepairWorker } from './index-repair.worker.js';
import { Ranks } from './ranks.service.js';
import { RanksStore } from './ranks.store.js';
import { RowReads } from './row-reads.service.js';

export const startMs = Date.UTC(2026, 10, 1, 12);
/** Longer than a machine stalls. Milliseconds. */
const patienceMs = 30_000;

/** Boards and their rank indexes on real servers, as several processes of the service use them. */
export class RanksWorld {
  private readonly clients: Redis[] = [];

  private constructor(
    readonly ground: Ground,
    readonly database: Database,
  ) {}

  static async start(): Promise<RanksWorld> {
    const ground = await startGround({ services: ['leaderboards'] });
    const url = ground.databaseUrl('leaderboards');
    return new RanksWorld(ground, new Database({ url, poolMax: 6, applicationName: 'spec' }));
  }

  async stop(): Promise<void> {
    for (const redis of this.clients) if (redis.status !== 'end') redis.disconnect();
    await this.database.close();
    await this.ground.stop();
  }

  /** What one process of the service has. It takes no stall of the machine for a Redis that is silent. */
  async newProcess(scores = new ScoresStore(this.database)) {
    const redis = await openRedis(this.ground.redisUrl, 'spec', Logger.silent());
    this.clients.push(redis);
    redis.options.commandTimeout = patienceMs;
    await eventually(() => expect(redis.status).toBe('ready'), { withinMs: patienceMs });
    const [index, boards] = [new RanksStore(redis), new BoardsStore(this.database)];
    const ranks = new Ranks(index, new RowReads(scores), scores, boards, Logger.silent());
    const repair = new IndexRepairWorker(index, boards, Logger.silent());
    const metrics = new Metrics('spec');
    const clock = new MovableClock(new Date(startMs));
    const comparison = new IndexComparisonWorker(index, boards, scores, clock, Logger.silent(), metrics);
    return { redis, index, scores, ranks, repair, comparison, metrics };
  }

  async newBoard(): Promise<string> {
    const leaderboardId = uuidV7();
    await new BoardsStore(this.database).add({
      leaderboardId,
      scope: { studioId: uuidV7(), gameId: uuidV7(), environment: 'live' },
      mode: 'global',
      scoreAggregation: 'best',
      event: { eventId: uuidV7(), eventKey: 'daily', eventWindowId: uuidV7() },
      definitionId: null,
      opensAt: new Date(startMs),
      closesAt: new Date(startMs + 86_400_000),
      segment: null,
      capacity: null,
      ladder: null,
      ladderCeiling: null,
      botBindings: [],
      finalizedAt: null,
      finalizedReason: null,
    });
    return leaderboardId;
  }
}

export type Process = Awaited<ReturnType<RanksWorld['newProcess']>>;

export const standing = (leaderboardId: string, participantId: string, points: number) => ({
  leaderboardId,
  participantId,
  score: points,
  achievedAtMs: startMs + points,
  joinedOnly: false,
  attemptId: null,
});

/** Commits a score and tells the index, as the consumer of scores does. */
export async function score({ scores, ranks }: Process, board: string, player: string, points: number): Promise<void> {
  await ranks.apply(board, await scores.apply([standing(board, player, points)]), []);
}

export async function driftsOf({ metrics }: Process): Promise<number> {
  const counter = await metrics.registry.getSingleMetric('rank_index_drifted_total')!.get();
  return counter.values[0]?.value ?? 0;
}

/** The index is complete. Whoever reads has it built, also where a build has failed or takes longer than a reader waits. */
export async function indexed({ ranks, index }: Pick<Process, 'ranks' | 'index'>, board: string): Promise<void> {
  await eventually(
    async () => {
      await ranks.read(board, null, 0);
      expect(await index.size(board)).not.toBeNull();
    },
    { withinMs: 4 * patienceMs },
  );
}

/** What a reader is shown by an index that is complete. */
export async function indexedScoresOf(process: Process, board: string): Promise<number[]> {
  await indexed(process, board);
  return (await process.index.read(board, null, 10))!.rows.map((row) => row.score);
}

/** What a reader is shown: by the index, or without it. */
export async function scoresOf({ ranks }: Process, board: string): Promise<number[]> {
  const read = (await ranks.read(board, null, 10)) ?? (await ranks.fromRows(board, null, 10));
  return read.rows.map((row) => row.score);
}
