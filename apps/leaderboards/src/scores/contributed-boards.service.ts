import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import type { Board } from '../boards/board.js';
import type { Definition } from '../definitions/definition.js';
import { Definitions, type GameBoards } from '../definitions/definitions.service.js';
import type { BoardPeriod } from '../parts/part.js';
import { Parts } from '../parts/parts.service.js';
import { Segments, type SegmentWish } from '../segments/segments.service.js';
import { BatchPeriods } from './batch-periods.js';
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

/** Lists of writes as far as they are known, and a way to the others. */
export interface Placing<W> {
  known: Target<W>[];
  rest: () => Promise<Target<W>[]>;
}

interface Wish<W> {
  write: W;
  period: BoardPeriod;
  place: SegmentWish;
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
    const { known, rest } = await this.placing(writes);
    return [...known, ...(await rest())];
  }

  /**
   * The same in two parts: what can be told by itself, and what other contexts must be asked for.
   *
   * @throws of `rest`: 503 while one of them is away
   */
  async placing<W extends ContributingWrite>(writes: readonly W[]): Promise<Placing<W>> {
    const boards = await this.boardsOf(writes);
    const periods = new BatchPeriods();
    const wishes: Wish<W>[] = [];
    for (const write of writes) {
      for (const key of new Set(write.contributesTo)) {
        const definition = this.countable(boards.get(write.scope.gameId)!.byKey.get(key), write, key);
        if (!definition) continue;
        const period = periods.of(definition, write.scope.environment, write.writtenAtMs);
        wishes.push({ write, period, place: wishOf(write, period) });
      }
    }
    const [known, asking] = parted(wishes, ({ place }) => this.segments.isKnown(place));
    return { known: await this.place(known), rest: () => this.place(asking) };
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
    if (wishes.length === 0) return [];
    const places = await this.segments.place(wishes.map(({ place }) => place));
    const lists = new Map<BoardPeriod, Map<string | null, Board | null>>();
    const targets: Target<W>[] = [];
    for (const [at, { write, period }] of wishes.entries()) {
      const place = places[at];
      const board = place ? await this.opened(lists, period, place.segment) : null;
      if (board) targets.push({ write, board });
      else this.passedOver.count(place ? 'period_closed' : 'no_segment', write.playerId, period.definition.key);
    }
    return targets;
  }

  /** Each list of a batch is opened once. */
  private async opened(
    lists: Map<BoardPeriod, Map<string | null, Board | null>>,
    period: BoardPeriod,
    segment: string | null,
  ): Promise<Board | null> {
    const ofPeriod = lists.get(period) ?? new Map<string | null, Board | null>();
    const known = ofPeriod.get(segment);
    if (known !== undefined) return known;
    const board = await this.parts.open(period, segment);
    lists.set(period, ofPeriod.set(segment, board));
    return board;
  }
}

function wishOf(write: ContributingWrite, { definition, rules, period }: BoardPeriod): SegmentWish {
  return {
    leaderboardId: definition.leaderboardId,
    segmentation: rules.segmentation,
    periodStartMs: period.startMs,
    scope: write.scope,
    playerId: write.playerId,
    context: write.playerContext ?? null,
    writtenAtMs: write.writtenAtMs,
  };
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  const [first, second]: [T[], T[]] = [[], []];
  for (const one of all) (isFirst(one) ? first : second).push(one);
  return [first, second];
}
