import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { AttemptScored, AttemptStarted } from '@kraty/contracts/events';
import type { Fact } from '@kraty/contracts/messages';
import { fail } from '@kraty/platform/errors';
import type { Board } from '../boards/board.js';
import { participantIdOf } from '../bots/bot-seed.js';
import { hasBots, Rosters, type PlayerWrite } from '../bots/rosters.service.js';
import { Boards } from '../boards/boards.service.js';
import { ListChanges } from '../live/list-changes.service.js';
import { Merges } from '../merges/merges.service.js';
import { groupByBoard, Ranks } from '../ranks/ranks.service.js';
import { ContributedBoards, type Target } from './contributed-boards.service.js';
import { Contributions, type CountedWrite } from './contributions.service.js';
import { ScoreFrames } from './score-frames.service.js';
import { ScoresStore, type EntryRow } from './scores.store.js';
import { foldStandings, type Standing } from './standing.js';

/** What an attempt has told, with where and as which write. */
export interface AttemptWrite extends AttemptScored {
  scope: Scope;
  revision: number;
}

/** Applies what attempts have reached to the boards: one statement and one index call a board for many facts. */
@Injectable()
export class Scores {
  constructor(
    private readonly store: ScoresStore,
    private readonly contributions: Contributions,
    private readonly contributed: ContributedBoards,
    private readonly boards: Boards,
    private readonly ranks: Ranks,
    private readonly frames: ScoreFrames,
    private readonly rosters: Rosters,
    private readonly changes: ListChanges,
    private readonly merges: Merges,
  ) {}

  /** Players stand on the board with 0 from the start of their attempt (05 §6.3). No frame tells of it. */
  async register(started: readonly AttemptStarted[]): Promise<void> {
    await this.merges.following(started, (present) => this.registerPresent(present));
  }

  /** The boards of the events, and those the events name (06 §6). */
  async apply(facts: readonly Fact<AttemptScored>[]): Promise<void> {
    const writes = facts.map(({ payload, scope, revision }) => ({ ...payload, scope: scope as Scope, revision }));
    const sends = await this.merges.following(writes, (present) => this.applyPresent(present));
    // Last: what fails before brings the facts again, and a frame cannot be taken back.
    for (const send of sends) await send();
  }

  private async registerPresent(started: readonly AttemptStarted[]): Promise<void> {
    const boards = await this.requireBoards(started);
    const standings = started.filter(takesScores(boards)).map((attempt) => ({
      leaderboardId: attempt.leaderboardId,
      participantId: attempt.playerId,
      score: 0,
      achievedAtMs: Date.parse(attempt.startedAt),
      joinedOnly: true,
      attemptId: null,
    }));
    const isBest = ({ leaderboardId }: Standing) => boards.get(leaderboardId)!.scoreAggregation === 'best';
    const folded = foldStandings(standings);
    await this.ranks.applyAll(await this.store.apply(folded.filter(isBest)));
    await this.ranks.applyAll(await this.contributions.register(folded.filter((standing) => !isBest(standing))));
    // Only in a group do bots answer to who comes: they make room (10 §§6.2, 8).
    const groups = [...boards.values()].filter(({ mode }) => mode === 'grouped');
    await this.botsAnswer(groups.map((board) => ({ board, writes: [] })));
  }

  /** Returns how to tell the streams. */
  private async applyPresent(writes: readonly AttemptWrite[]): Promise<(() => void | Promise<void>)[]> {
    const boards = await this.requireBoards(writes);
    const scored = writes.filter(takesScores(boards));
    const onEvents = scored.map((write) => ({ write, board: boards.get(write.leaderboardId)! }));
    const placing = await this.contributed.placing(writes);
    const atOnce = [...onEvents, ...placing.known];
    const rows = await this.count(atOnce);
    const written = groupByBoard(scored);
    // A frozen board has no rows here, and nobody to tell: its index is gone and its streams have ended.
    const carried = [...groupByBoard(rows)].map(([board, ofBoard]) =>
      this.carry(board, ofBoard, written.get(board) ?? []),
    );
    const sends = await Promise.all(carried);
    // The boards of the events stand by now: who must be asked for a segment does not hold them up.
    const later = await placing.rest();
    const laterRows = await this.count(later);
    await this.ranks.applyAll(laterRows);
    const targets = [...atOnce, ...later];
    await this.botsAnswer(writesByBoard(targets));
    return [...sends, () => this.changes.tellWrites(targets, [...rows, ...laterRows])];
  }

  /**
   * Applies writes to boards, each as the board counts, and returns the rows of open boards as they stand. When it throws,
   * some may have been applied: facts that come again find that.
   */
  private count(targets: readonly Target<AttemptWrite>[]): Promise<EntryRow[]> {
    const best = targets.filter(({ board }) => board.scoreAggregation === 'best');
    const others = targets.filter(({ board }) => board.scoreAggregation !== 'best');
    return this.contributions.apply(others.map(countedWrite), foldStandings(best.map(standingOf)));
  }

  /** Tells the index, and returns how to tell the streams of the board where players stand. */
  private async carry(leaderboardId: string, rows: EntryRow[], writes: readonly AttemptWrite[]): Promise<() => void> {
    const watchedIds = [...new Set(writes.map((write) => write.playerId))];
    const standings = await this.ranks.apply(leaderboardId, rows, watchedIds);
    if (!standings) return () => undefined;
    const byPlayer = new Map(watchedIds.map((playerId, index) => [playerId, standings[index] ?? null]));
    return this.frames.prepare(leaderboardId, writes, byPlayer);
  }

  /** After the players' own rows (10 §6.3). Boards without bots cost nothing. */
  private async botsAnswer(written: readonly { board: Board; writes: readonly AttemptWrite[] }[]): Promise<void> {
    for (const { board, writes } of written) {
      if (hasBots(board))
        await this.rosters.written(board, board.definitionId === null ? writes : writes.map(onItsOwn));
    }
  }

  private async requireBoards(writes: readonly { leaderboardId: string }[]): Promise<Map<string, Board>> {
    const boards = new Map<string, Board>();
    for (const { leaderboardId } of writes) {
      if (boards.has(leaderboardId)) continue;
      const board = await this.boards.find(leaderboardId);
      if (!board) throw fail('not_found', `board ${leaderboardId} was scored on but nobody knows it`);
      boards.set(leaderboardId, board);
    }
    return boards;
  }
}

function writesByBoard(targets: readonly Target<AttemptWrite>[]): { board: Board; writes: AttemptWrite[] }[] {
  const byBoard = new Map<string, { board: Board; writes: AttemptWrite[] }>();
  for (const { board, write } of targets) {
    const known = byBoard.get(board.leaderboardId);
    if (known) known.writes.push(write);
    else byBoard.set(board.leaderboardId, { board, writes: [write] });
  }
  return [...byBoard.values()];
}

/**
 * A list of a defined board sees only some writes of an attempt, those of its period and segment, so the attempt's count
 * of writes says nothing there: each counts for itself.
 */
function onItsOwn({ attemptId, revision, playerId, writtenAtMs }: AttemptWrite): PlayerWrite {
  const name = createHash('sha256').update(`${attemptId}:${revision}`).digest('hex');
  return { attemptId: participantIdOf(name), revision: 1, playerId, writtenAtMs };
}

/** A hidden board takes no scores and reads empty (05 §6.1). */
function takesScores(boards: ReadonlyMap<string, Board>) {
  return ({ leaderboardId }: { leaderboardId: string }) => boards.get(leaderboardId)?.mode !== 'none';
}

/** What a write says of a board that keeps the best. */
function standingOf(target: Target<AttemptWrite>): Standing {
  return target.board.definitionId === null ? standingOnEvent(target) : standingOnPeriod(target);
}

/** The fact tells the best of the attempt, whichever of its writes arrives. */
function standingOnEvent({ write, board }: Target<AttemptWrite>): Standing {
  const { playerId, attemptId, bestScore, bestAtMs } = write;
  const { leaderboardId } = board;
  return {
    leaderboardId,
    participantId: playerId,
    score: bestScore,
    achievedAtMs: bestAtMs,
    joinedOnly: false,
    attemptId,
  };
}

/** Only what was shown in the period counts, so each write for itself (06 §5.1). */
function standingOnPeriod({ write, board }: Target<AttemptWrite>): Standing {
  const { playerId, attemptId, score, writtenAtMs } = write;
  const { leaderboardId } = board;
  return { leaderboardId, participantId: playerId, score, achievedAtMs: writtenAtMs, joinedOnly: false, attemptId };
}

function countedWrite({ write, board }: Target<AttemptWrite>): CountedWrite {
  return {
    leaderboardId: board.leaderboardId,
    aggregation: board.scoreAggregation,
    sourceId: write.attemptId,
    playerId: write.playerId,
    revision: write.revision,
    score: write.score,
    scoreAtMs: write.scoreAtMs ?? null,
    writtenAtMs: write.writtenAtMs,
    definitionId: board.definitionId,
    periodStartMs: board.opensAt.getTime(),
  };
}
