import { randomUUID } from 'node:crypto';
import {
  mergeStandings,
  readEventBoard,
  type EventBoardView,
  type LeaderboardConfiguration,
} from '@kraty/contracts/leaderboards';
import { uuidV7 } from '@kraty/platform/ids';
import { BoardsWorld, entriesOf, type WriteTold } from '../boards-world.fixture.js';

const league = {
  type: 'progression' as const,
  economyKey: 'league_tier',
  divisions: ['bronze', 'gold'].map((key, min) => ({ key, min })),
};
const weekly = { resetCadence: 'weekly' as const };
const boards: LeaderboardConfiguration[] = [
  { key: 'best_cup', name: 'Best', ...weekly },
  { key: 'latest_cup', name: 'Latest', ...weekly, scoreAggregation: 'latest' },
  { key: 'sum_cup', name: 'Sum', ...weekly, scoreAggregation: 'sum' },
  { key: 'league', name: 'League', ...weekly, scoreAggregation: 'sum', segmentation: league },
  { key: 'wealth', name: 'Wealth', ...weekly, rankBy: { type: 'progression', economyKey: 'xp' } },
];

/** Two players of one person, and what the specs of a merge do with them. */
export class MergesWorld {
  private constructor(readonly boards: BoardsWorld) {}

  static async start(now: string): Promise<MergesWorld> {
    const world = await BoardsWorld.start(now);
    if ((await world.configure(boards)).length > 0) throw new Error('the boards of the spec are refused');
    return new MergesWorld(world);
  }

  pair(): { guest: string; account: string } {
    return { guest: this.boards.player('guest'), account: this.boards.player('account') };
  }

  merge(from: string, to: string, sagaId: string = randomUUID()): Promise<{ leaderboardsScrubbed: number }> {
    return this.boards.messenger.request(mergeStandings, {
      scope: this.boards.scope,
      sagaId,
      from: { playerId: from, externalPlayerId: 'guest' },
      to: { playerId: to, externalPlayerId: 'account' },
    });
  }

  /** An attempt with one write; returns it. */
  score(board: string, playerId: string, score: number, more: Partial<WriteTold> = {}): string {
    const attemptId = more.attemptId ?? uuidV7();
    this.boards.score(board, playerId, { attemptId, revision: 1, score, ...more });
    return attemptId;
  }

  read(leaderboardId: string, selfPlayerId: string | null = null): Promise<EventBoardView> {
    const { scope, messenger } = this.boards;
    const asked = { scope, leaderboardId, limit: 50, selfPlayerId, progression: [], knownView: null };
    return messenger.request(readEventBoard, asked);
  }

  /** `[name, score]` in rank order. */
  async rows(leaderboardId: string): Promise<[string | null, number][]> {
    return entriesOf(await this.read(leaderboardId)).map(({ name, score }) => [name, score]);
  }

  /** The same straight from the table. */
  async stored(leaderboardId: string): Promise<Record<string, number>> {
    const text = `select participant_id as id, score from board_entry where leaderboard_id = $1 and removed_at is null`;
    const rows = await this.boards.ground.sql<{ id: string; score: number }>('leaderboards', text, [leaderboardId]);
    return Object.fromEntries(rows.map(({ id, score }) => [id, score]));
  }
}
