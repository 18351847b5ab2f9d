import { Injectable } from '@nestjs/common';
import type { Iso, Scope } from '@kraty/contracts/common';
import type { BoardPeriods, DefinedBoardHead, DefinedBoardView, ReadDefinedBoard } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import type { Board } from '../boards/board.js';
import { Boards } from '../boards/boards.service.js';
import type { Definition } from '../definitions/definition.js';
import { Definitions } from '../definitions/definitions.service.js';
import { progressionLimits } from '../ladders/ladder.js';
import { partOf, periodOf, type BoardPeriod } from '../parts/part.js';
import { PartsStore } from '../parts/parts.store.js';
import { lastContext, Segments } from '../segments/segments.service.js';
import { badSegment, namedSegment } from './asked-segment.js';
import { BoardRowsService, nothing, viewOf } from './board-rows.service.js';
import { unknownBoard } from './reads.service.js';

/** A period as a read means it. */
export interface AskedPeriod {
  period: BoardPeriod;
  isRunning: boolean;
}

/** Boards of the game's own as they are read (02 §§7.3, 7.5). */
@Injectable()
export class DefinedBoards {
  constructor(
    private readonly definitions: Definitions,
    private readonly boards: Boards,
    private readonly parts: PartsStore,
    private readonly segments: Segments,
    private readonly rows: BoardRowsService,
    private readonly clock: Clock,
  ) {}

  /** Errors: `not_found`, `validation_failed` (segment). */
  async read(question: ReadDefinedBoard): Promise<DefinedBoardView> {
    const { scope, playerId, includeSelf } = question;
    const definition = await this.definitionOf(scope, question.key);
    const asked = await this.periodOf(definition, scope, question.period);
    const segment = await this.segmentOf(asked.period, question);
    const view = await this.view(asked, segment, { ...question, selfPlayerId: includeSelf ? playerId : null });
    return asked.isRunning ? view : { ...view, self: null };
  }

  /** The view of one segment. */
  async view(
    { period }: AskedPeriod,
    segment: string | null,
    question: Pick<ReadDefinedBoard, 'scope' | 'limit' | 'progression' | 'knownView'> & { selfPlayerId: string | null },
  ): Promise<DefinedBoardView> {
    const board = await this.boardOf(period, segment);
    const read = board ? await this.rows.read(board, question) : { rows: nothing, self: null };
    const view = viewOf({ ...headOf(period), segment, period: startOf(period) }, read, question.knownView);
    // A list keeps the ladder it began with; one that nobody has begun would take what is configured.
    const { ladder } = board ?? period.definition;
    return ladder ? { ...view, progression: progressionLimits(ladder, segment) } : view;
  }

  /** Errors: `not_found`. */
  async periods({ scope, key, limit }: { scope: Scope; key: string; limit: number }): Promise<BoardPeriods> {
    const definition = await this.definitionOf(scope, key);
    const { leaderboardId } = definition;
    const running = periodOf(definition, scope.environment, this.clock.nowMs());
    const closed = await this.parts.closedPeriods(leaderboardId, scope.environment, limit);
    return {
      key: definition.key,
      leaderboardId,
      sharedLeaderboardId: leaderboardId,
      currentPeriodStartedAt: startOf(running),
      periods: closed.flatMap(({ startedAt, endedAt }) =>
        endedAt ? [{ periodStartedAt: startedAt.toISOString(), periodEndedAt: endedAt.toISOString() }] : [],
      ),
    };
  }

  /** Errors: `not_found` for a key that names no board, or an archived one. */
  async definitionOf(scope: Scope, key: string): Promise<Definition> {
    const definition = await this.definitions.find(scope, key);
    if (!definition) throw unknownBoard();
    return definition;
  }

  /** Errors: `not_found` for a period in which nobody stood. */
  async periodOf(definition: Definition, { environment }: Scope, asked: Iso | null): Promise<AskedPeriod> {
    const running = periodOf(definition, environment, this.clock.nowMs());
    const startMs = asked === null ? running.period.startMs : Date.parse(asked);
    if (startMs === running.period.startMs) return { period: running, isRunning: true };
    const known = await this.parts.period(definition.leaderboardId, environment, startMs);
    if (!known) throw unknownBoard();
    return { period: periodOf(definition, environment, startMs), isRunning: false };
  }

  /** The ranked list of a segment; null when nobody stands in it. */
  boardOf(period: BoardPeriod, segment: string | null): Promise<Board | null> {
    return this.boards.findPart(partOf(period, segment).leaderboardId);
  }

  /** Where the caller's player stands, or would; null when nothing tells (06 §11). A player nobody knows has id null. */
  async homeOf(period: BoardPeriod, scope: Scope, playerId: string | null): Promise<string | null> {
    if (playerId === null) return this.segments.homeOfUnknown(period.rules.segmentation)?.segment ?? null;
    const home = await this.segments.homeOf({
      leaderboardId: period.definition.leaderboardId,
      segmentation: period.rules.segmentation,
      periodStartMs: period.period.startMs,
      scope,
      playerId,
      context: lastContext,
      writtenAtMs: this.clock.nowMs(),
    });
    return home?.segment ?? null;
  }

  /** 06 §4.3, column "read". */
  private async segmentOf(period: BoardPeriod, question: ReadDefinedBoard): Promise<string | null> {
    const { segmentation } = period.rules;
    const path = 'query.segment';
    if (segmentation.type === 'none') return null;
    if (segmentation.type === 'context') return namedSegment(segmentation, question.segment, path);
    if (question.segment !== null && question.segment !== '') return question.segment;
    const rule = 'is required here, or externalId of a player who has one';
    if (question.playerId === null && !question.namesPlayer) throw badSegment(path, 'required', rule);
    const home = await this.homeOf(period, question.scope, question.playerId);
    if (home === null) throw badSegment(path, 'required', rule);
    return home;
  }
}

export function headOf({ definition, rules }: BoardPeriod): Omit<DefinedBoardHead, 'segment' | 'period'> {
  const { key, leaderboardId, scope } = definition;
  const { resetCadence, scoreAggregation } = rules;
  return { key, leaderboardId, sharedLeaderboardId: leaderboardId, scope, resetCadence, scoreAggregation };
}

export function startOf({ period }: BoardPeriod): Iso {
  return new Date(period.startMs).toISOString();
}
