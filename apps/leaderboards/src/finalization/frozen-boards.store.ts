import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { RankRead } from '../ranks/ranks.store.js';

export interface FrozenRow {
  participantId: string;
  kind: 'player' | 'bot';
  rank: number;
  score: number;
}

interface Row {
  participant_id: string;
  kind: 'player' | 'bot';
  rank: number;
  score: number;
}

const materialize = statement(
  'materialize-board',
  `insert into leaderboard_entry (leaderboard_id, rank, participant_id, kind, score, achieved_at, joined_only)
   select leaderboard_id, row_number() over (order by score desc, achieved_at, participant_id desc), participant_id,
          kind, score, achieved_at, joined_only
     from board_entry where leaderboard_id = $1
   on conflict do nothing`,
);
const selectTop = statement(
  'select-frozen-top',
  'select participant_id, kind, rank, score from leaderboard_entry where leaderboard_id = $1 and rank <= $2 order by rank',
);
const selectOne = statement(
  'select-frozen-one',
  'select participant_id, kind, rank, score from leaderboard_entry where leaderboard_id = $1 and participant_id = $2',
);

/** Ranks of frozen boards, the same for ever. */
@Injectable()
export class FrozenBoardsStore {
  constructor(private readonly database: Database) {}

  /** Ranks all live rows once; the board must be locked. */
  async materialize(tx: Tx, leaderboardId: string): Promise<void> {
    await tx.query(materialize, [leaderboardId]);
  }

  async top(leaderboardId: string, limit: number): Promise<FrozenRow[]> {
    return (await this.database.query<Row>(selectTop, [leaderboardId, limit])).map(toFrozen);
  }

  async read(leaderboardId: string, participantId: string | null, limit: number): Promise<RankRead> {
    const [rows, self] = await Promise.all([
      limit === 0 ? [] : this.top(leaderboardId, limit),
      participantId === null ? [] : this.database.query<Row>(selectOne, [leaderboardId, participantId]),
    ]);
    const [own] = self;
    return { version: 'frozen', self: own ? { rank: own.rank, score: own.score } : null, rows };
  }
}

function toFrozen(row: Row): FrozenRow {
  return { participantId: row.participant_id, kind: row.kind, rank: row.rank, score: row.score };
}
