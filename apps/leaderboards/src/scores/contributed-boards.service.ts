import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import type { Board } from '../boards/board.js';
import type { Definition } from '../definitions/definition.js';
import { Definitions, type GameBoards } from '../definitions/definitions.service.js';
import type { Period } from '../definitions/period.js';
import { periodOf, type BoardPeriod } from '../parts/part.js';
import { Parts } from '../parts/parts.service.js';
import { Segments } from '../segments/segments.service.js';
import { PassedOver } from './passed-over.service.js';

/** An accepted write as boards of the game's own look at it. */
export interface ContributingWrite {
  scope: Scope;
  playerId: string;
  /** Server time of the write: it decides the period. */
  writtenAtMs: number;
  contributesTo?: readonly string[];
  playerContext?: Json | null;
}

/** A write with one board it counts on. */
export interface Target<W> {
  write: W;
  board: Board;
}

interface Wish<W> {
  write: W;
  period: BoardPeriod;
}

/** Finds the lists that writes count on besides the board of their event. What cannot be placed is passed over. */
@Injectable()
export class ContributedBoards {
  constructor(
    private readonly definitions: Definitions,
    private readonly segments: Segments,
    private readonly parts: Parts,
    private readonly passedOver: PassedOver,
  ) {}

  async targets<W extends ContributingWrite>(writes: readonly W[]): Promise<Target<W>[]> {
    const boards = await this.boardsOf(writes);
    const periods = new BatchPeriods();
    const wishes: Wish<W>[] = [];
    for (const write of writes) {
      for (const key of new Set(write.contributesTo)) {
        const definition = this.countable(boards.get(write.scope.gameId)!.byKey.get(key), write, key);
        if (definition) wishes.push({ write, period: periods.of(definition, write) });
      }
    }
    return wishes.length === 0 ? [] : this.place(wishes);
  }

  private async boardsOf(writes: readonly ContributingWrite[]): Promise<Map<string, GameBoards>> {
    const boards = new Map<string, GameBoards>();
    for (const { scope } of writes) {
      if (!boards.has(scope.gameId)) boards.set(scope.gameId, await this.definitions.of(scope));
    }
    return boards;
  }

  private countable(definition: Definition | undefined, write: ContributingWrite, key: string): Definition | null {
    if (!definition) return this.passedOver.count('unknown', write.playerId, key);
    if (definition.economyKey !== null) return this.passedOver.count('ranked_by_progression', write.playerId, key);
    return definition;
  }

  private async place<W extends ContributingWrite>(wishes: readonly Wish<W>[]): Promise<Target<W>[]> {
    const places = await this.segments.place(
      wishes.map(({ write, period }) => ({
        leaderboardId: period.definition.leaderboardId,
        segmentation: period.rules.segmentation,
        periodStartMs: period.period.startMs,
        scope: write.scope,
        playerId: write.playerId,
        context: write.playerContext ?? null,
        writtenAtMs: write.writtenAtMs,
      })),
    );
    const targets: Target<W>[] = [];
    const opened = new OpenedParts(this.parts);
    for (const [at, { write, period }] of wishes.entries()) {
      const place = places[at];
      const { key } = period.definition;
      const board = place ? (opened.known(period, place.segment) ?? (await opened.open(period, place.segment))) : null;
      if (board) targets.push({ write, board });
      else this.passedOver.count(place ? 'period_closed' : 'no_segment', write.playerId, key);
    }
    return targets;
  }
}

/** Periods of one batch: its writes nearly always fall into the same. */
class BatchPeriods {
  private readonly found = new Map<Definition, BoardPeriod>();

  of(definition: Definition, { scope, writtenAtMs }: ContributingWrite): BoardPeriod {
    const known = this.found.get(definition);
    if (known && known.environment === scope.environment && isWithin(known.period, writtenAtMs)) return known;
    const period = periodOf(definition, scope.environment, writtenAtMs);
    this.found.set(definition, period);
    return period;
  }
}

/** Lists of one batch, each opened once. */
class OpenedParts {
  private readonly lists = new Map<BoardPeriod, Map<string | null, Board>>();

  constructor(private readonly parts: Parts) {}

  known(period: BoardPeriod, segment: string | null): Board | undefined {
    return this.lists.get(period)?.get(segment);
  }

  async open(period: BoardPeriod, segment: string | null): Promise<Board | null> {
    const board = await this.parts.open(period, segment);
    if (!board) return null;
    const ofPeriod = this.lists.get(period) ?? new Map<string | null, Board>();
    this.lists.set(period, ofPeriod.set(segment, board));
    return board;
  }
}

function isWithin({ startMs, endMs }: Period, atMs: number): boolean {
  return startMs <= atMs && (endMs === null || atMs < endMs);
}
