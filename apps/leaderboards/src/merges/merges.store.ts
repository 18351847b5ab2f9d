import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { ScoreAggregation } from '@kraty/contracts/events';
import { Database, statement, type Tx } from '@kraty/platform/persistence';

const insertMerge = statement(
  'merges-begin',
  `insert into standings_merge (saga_id, game_id, environment, studio_id, from_player, to_player, begun_at)
   values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
);
const selectMerge = statement(
  'merges-find',
  `select scrubbed, finished_at as "finishedAt" from standings_merge where saga_id = $1`,
);
/** The second of two calls of one saga keeps what the first has counted. */
const finishMerge = statement(
  'merges-finish',
  'update standings_merge set finished_at = coalesce(finished_at, $2) where saga_id = $1 returning scrubbed',
);
const countScrubbed = statement(
  'merges-count',
  'update standings_merge set scrubbed = scrubbed + $2 where from_player = $1 and finished_at is null',
);

/** Rows of the player that nobody has taken over. */
const selectLists = statement(
  'merges-lists',
  `select board.leaderboard_id as "leaderboardId", board.definition_id as "definitionId", board.environment, board.segment,
          (extract(epoch from board.opens_at) * 1000)::float8 as "opensAtMs", board.finalized_at is not null as "isFrozen"
     from board_entry as entry join board using (leaderboard_id)
    where entry.participant_id = $1 and entry.kind = 'player' and entry.moved_to is null
    order by board.leaderboard_id limit $2`,
);
/** Players that were merged away a moment before, of whom the board has a row, taken over or not. */
const selectMergedOn = statement(
  'merges-on-board',
  `select merged.from_player as id, entry.moved_to is null as "isStray" from standings_merge as merged
     join board_entry as entry on entry.leaderboard_id = $1 and entry.participant_id = merged.from_player
    where merged.begun_at >= $2`,
);

/** In the way of whoever freezes a list, or ranks a frozen one anew; shared with writers. */
const lockBoards = statement(
  'merges-lock-boards',
  `select leaderboard_id as "leaderboardId", score_aggregation as aggregation, finalized_at is not null as "isFrozen"
     from board where leaderboard_id = any($1::uuid[]) order by leaderboard_id for share`,
);
/** Rows of both, in the order in which every writer locks; of the one that goes those nobody has taken over meanwhile. */
const lockRows = statement(
  'merges-lock-rows',
  `select leaderboard_id as id, participant_id = $2 and moved_to is null as "isLeft" from board_entry
    where leaderboard_id = any($1::uuid[]) and participant_id in ($2, $3)
    order by leaderboard_id, participant_id for update`,
);

const moved = `unnest($3::uuid[], $4::uuid[]) as moved (list_id, to_list_id)`;
/** Where a board follows a balance both have one source, and only the one that stays will be told of again. */
const joinSources = statement(
  'merges-join-sources',
  `with gone as (
     delete from contribution as gone using ${moved}, contribution as kept
      where gone.leaderboard_id = moved.list_id and gone.source_id = $1
        and kept.leaderboard_id = moved.to_list_id and kept.source_id = $2
     returning kept.leaderboard_id, gone.revision)
   update contribution as kept set revision = greatest(kept.revision, gone.revision) from gone
    where kept.leaderboard_id = gone.leaderboard_id and kept.source_id = $2`,
);
const moveSources = statement(
  'merges-move-sources',
  `update contribution as one set source_id = $2, player_id = $2, leaderboard_id = moved.to_list_id from ${moved}
    where one.leaderboard_id = moved.list_id and one.source_id = $1`,
);
const moveContributions = statement(
  'merges-move-contributions',
  `update contribution as one set player_id = $2, leaderboard_id = moved.to_list_id from ${moved}
    where one.leaderboard_id = moved.list_id and one.player_id = $1`,
);

/** What an operator has taken off a list stays off it under the other name, unless that one stands there itself. */
const copyRemoved = statement(
  'merges-copy-removed',
  `insert into board_entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision, total, removed_at)
   select moved.to_list_id, $2, kind, score, achieved_at, joined_only, 1, total, removed_at
     from board_entry as gone join ${moved} on moved.list_id = gone.leaderboard_id
    where gone.participant_id = $1 and gone.removed_at is not null
    order by moved.to_list_id
   on conflict do nothing`,
);
/** The better of two rows of a frozen list, should it ever be ranked anew. */
const keepBetter = statement(
  'merges-keep-better',
  `insert into board_entry as kept (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision, total)
   select leaderboard_id, $2, kind, score, achieved_at, joined_only, 1, total from board_entry
    where leaderboard_id = any($3::uuid[]) and participant_id = $1 and removed_at is null
    order by leaderboard_id
   on conflict (leaderboard_id, participant_id) do update
      set score = excluded.score, achieved_at = excluded.achieved_at, joined_only = excluded.joined_only,
          total = excluded.total, revision = kept.revision + 1
    where kept.removed_at is null
      and (excluded.score > kept.score or (excluded.score = kept.score and excluded.achieved_at < kept.achieved_at))`,
);
const dropWorse = statement(
  'merges-drop-worse',
  `delete from leaderboard_entry as worse using leaderboard_entry as better
    where worse.leaderboard_id = any($3::uuid[]) and worse.participant_id in ($1, $2)
      and better.leaderboard_id = worse.leaderboard_id and better.participant_id in ($1, $2)
      and better.rank < worse.rank`,
);
/**
 * The first row is written as well: it tells readers that the ranks are others than those they keep. Whom a row was frozen
 * for stays with it: its payout is named by that.
 */
const repoint = statement(
  'merges-repoint',
  `update leaderboard_entry
      set participant_id = case when participant_id = $1 then $2 else participant_id end,
          ranked_as = case when participant_id = $1 then coalesce(ranked_as, $1) else ranked_as end
    where leaderboard_id = any($3::uuid[]) and (participant_id = $1 or rank = 1)`,
);
const leaveRows = statement(
  'merges-leave-rows',
  `update board_entry set removed_at = coalesce(removed_at, $4), moved_to = $2, revision = revision + 1
    where leaderboard_id = any($3::uuid[]) and participant_id = $1`,
);

const selectGone = statement(
  'merges-gone',
  `select leaderboard_id as "leaderboardId", participant_id as "participantId", entry.revision
     from board_entry as entry join board using (leaderboard_id)
    where entry.participant_id = $1 and entry.kind = 'player' and entry.moved_to is not null
      and board.finalized_at is null`,
);
const selectFollowing = statement(
  'merges-following-a-balance',
  `select board.leaderboard_id as "leaderboardId", board.definition_id as "definitionId", definition.economy_key as "economyKey",
          (extract(epoch from board.opens_at) * 1000)::float8 as "periodStartMs", entry.score,
          coalesce((select revision from contribution as one
                     where one.leaderboard_id = board.leaderboard_id and one.source_id = $1), 0) as revision
     from board_entry as entry
     join board using (leaderboard_id)
     join leaderboard_definition as definition on definition.leaderboard_id = board.definition_id
    where entry.participant_id = $1 and entry.kind = 'player' and entry.removed_at is null
      and board.finalized_at is null and definition.economy_key is not null`,
);

/** Two players of one game, the one that goes and the one that stays. */
export interface Pair {
  from: string;
  to: string;
}

/** A list on which the one that goes has a row. */
export interface HeldList {
  leaderboardId: string;
  /** Null for the board of an event. */
  definitionId: string | null;
  environment: Scope['environment'];
  segment: string | null;
  opensAtMs: number;
  isFrozen: boolean;
}

export interface LockedBoard {
  leaderboardId: string;
  aggregation: ScoreAggregation;
  isFrozen: boolean;
}

/** From which list to which rows go: the same one, but for segments. */
export interface Route {
  listId: string;
  toListId: string;
}

/** A live list that ranks by a balance of the player. */
export interface FollowedBalance {
  leaderboardId: string;
  definitionId: string;
  economyKey: string;
  periodStartMs: number;
  score: number;
  /** Of the last change that was heard of; 0 = none was. */
  revision: number;
}

/** Merges of players, and the rows that change hands. */
@Injectable()
export class MergesStore {
  constructor(private readonly database: Database) {}

  /** Null when the player was merged by another saga. Committed before any row is looked for: see `Merges`. */
  async begin(
    sagaId: string,
    { gameId, environment, studioId }: Scope,
    { from, to }: Pair,
    now: Date,
  ): Promise<{ scrubbed: number; finishedAt: Date | null } | null> {
    await this.database.query(insertMerge, [sagaId, gameId, environment, studioId, from, to, now]);
    const [merge] = await this.database.query<{ scrubbed: number; finishedAt: Date | null }>(selectMerge, [sagaId]);
    return merge ?? null;
  }

  async finish(sagaId: string, now: Date): Promise<number> {
    const [merge] = await this.database.query<{ scrubbed: number }>(finishMerge, [sagaId, now]);
    if (!merge) throw new Error('a merge that was begun is there');
    return merge.scrubbed;
  }

  async count(tx: Tx, from: string, rows: number): Promise<void> {
    await tx.query(countScrubbed, [from, rows]);
  }

  lists(from: string, listsMax: number): Promise<HeldList[]> {
    return this.database.query<HeldList>(selectLists, [from, listsMax]);
  }

  /** Players merged since that have a row on the board; strays are those whose row nobody has taken over. */
  mergedOn(leaderboardId: string, since: Date): Promise<{ id: string; isStray: boolean }[]> {
    return this.database.query(selectMergedOn, [leaderboardId, since]);
  }

  async lockBoards(tx: Tx, leaderboardIds: readonly string[]): Promise<Map<string, LockedBoard>> {
    const boards = await tx.query<LockedBoard>(lockBoards, [[...new Set(leaderboardIds)]]);
    return new Map(boards.map((board) => [board.leaderboardId, board]));
  }

  /** Lists on which a row is left to be taken over. */
  async lockRows(tx: Tx, { from, to }: Pair, leaderboardIds: readonly string[]): Promise<Set<string>> {
    const values = [[...new Set(leaderboardIds)], from, to];
    const rows = await tx.query<{ id: string; isLeft: boolean }>(lockRows, values);
    return new Set(rows.filter(({ isLeft }) => isLeft).map(({ id }) => id));
  }

  async moveContributions(tx: Tx, pair: Pair, routes: readonly Route[]): Promise<void> {
    await tx.query(moveContributions, valuesOf(pair, routes));
  }

  /** Of lists that follow a balance. */
  async moveSources(tx: Tx, pair: Pair, routes: readonly Route[]): Promise<void> {
    if (routes.length === 0) return;
    await tx.query(joinSources, valuesOf(pair, routes));
    await tx.query(moveSources, valuesOf(pair, routes));
  }

  async copyRemoved(tx: Tx, pair: Pair, routes: readonly Route[]): Promise<void> {
    await tx.query(copyRemoved, valuesOf(pair, routes));
  }

  /** Ranks are not computed anew: where both stand the better row stays (12 §7.2). */
  async moveFrozen(tx: Tx, { from, to }: Pair, leaderboardIds: readonly string[]): Promise<void> {
    if (leaderboardIds.length === 0) return;
    const values = [from, to, leaderboardIds];
    await tx.query(keepBetter, values);
    await tx.query(dropWorse, values);
    await tx.query(repoint, values);
  }

  /** The rows stay, marked: a writer that comes late, or was under way, meets the mark. */
  async leaveRows(tx: Tx, { from, to }: Pair, leaderboardIds: readonly string[], now: Date): Promise<void> {
    await tx.query(leaveRows, [from, to, leaderboardIds, now]);
  }

  /** Rows that were taken over, on live lists. */
  gone(from: string): Promise<{ leaderboardId: string; participantId: string; revision: number }[]> {
    return this.database.query(selectGone, [from]);
  }

  following(playerId: string): Promise<FollowedBalance[]> {
    return this.database.query<FollowedBalance>(selectFollowing, [playerId]);
  }
}

function valuesOf({ from, to }: Pair, routes: readonly Route[]): unknown[] {
  return [from, to, routes.map(({ listId }) => listId), routes.map(({ toListId }) => toListId)];
}
