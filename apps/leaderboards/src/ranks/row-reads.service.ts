import { Injectable } from '@nestjs/common';
import { GroupCommit, settled, type Settled } from '@kraty/platform/group-commit';
import { ScoresStore } from '../scores/scores.store.js';
import type { RankedRow, RankRead } from './ranks.store.js';

/** Version of what was read from PostgreSQL: it has none, and is not kept. */
export const versionOfRows = 'rows';

/** Lists that may be sorted at once, by one process. */
const lanes = 2;
/** Readers answered by one look at their lists, and how many may wait for it. */
const readersALookMax = 500;
const readersWaitingMax = 5_000;

interface RowQuestion {
  leaderboardId: string;
  participantId: string | null;
  limit: number;
}

/** One list as it stood at a look. */
interface SeenList {
  rows: RankedRow[];
  selves: Map<string, { rank: number; score: number }>;
}

/**
 * Reads of live lists while the rank index is away. A look sorts the whole list, so whoever asks while one is taken shares
 * the next one: no answer is older than its question.
 */
@Injectable()
export class RowReads {
  private readonly looks: GroupCommit<RowQuestion, RankRead>;

  constructor(private readonly scores: ScoresStore) {
    this.looks = new GroupCommit<RowQuestion, RankRead>({
      lanes,
      batchMax: readersALookMax,
      waitingMax: readersWaitingMax,
      keyOf: ({ leaderboardId }) => leaderboardId,
      write: (questions) => this.look(questions),
    });
  }

  /** @throws 503 when too many wait */
  read(leaderboardId: string, participantId: string | null, limit: number): Promise<RankRead> {
    return this.looks.submit({ leaderboardId, participantId, limit });
  }

  /** What fails for one list fails for all who asked for it, and for nobody else. */
  private async look(questions: readonly RowQuestion[]): Promise<Settled<RankRead>[]> {
    const lists = new Map<string, RowQuestion[]>();
    for (const question of questions) {
      lists.set(question.leaderboardId, [...(lists.get(question.leaderboardId) ?? []), question]);
    }
    const seen = new Map<string, Settled<SeenList>>();
    for (const [leaderboardId, asked] of lists) seen.set(leaderboardId, await settled(this.see(leaderboardId, asked)));
    return questions.map((question) => {
      const list = seen.get(question.leaderboardId)!;
      return list.ok ? { ok: true, value: answerOf(question, list.value) } : list;
    });
  }

  private async see(leaderboardId: string, asked: readonly RowQuestion[]): Promise<SeenList> {
    const limit = Math.max(...asked.map((question) => question.limit));
    const participantIds = [...new Set(asked.flatMap(({ participantId }) => participantId ?? []))];
    return {
      rows: limit === 0 ? [] : await this.scores.top(leaderboardId, limit),
      selves: participantIds.length === 0 ? new Map() : await this.scores.ranks(leaderboardId, participantIds),
    };
  }
}

function answerOf({ participantId, limit }: RowQuestion, { rows, selves }: SeenList): RankRead {
  const self = participantId === null ? null : (selves.get(participantId) ?? null);
  return { version: versionOfRows, self, rows: rows.slice(0, limit) };
}
