import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import { Logger } from '@kraty/platform/logging';
import { Metrics } from '@kraty/platform/telemetry';
import type { Board } from '../boards/board.js';
import { Definitions } from '../definitions/definitions.service.js';
import { periodOf, type BoardPeriod } from '../parts/part.js';
import { Parts } from '../parts/parts.service.js';
import { Segments } from '../segments/segments.service.js';

/** Why a key of `contributesTo` was passed over (06 §6). */
export type PassedOver = 'unknown' | 'ranked_by_progression' | 'no_segment' | 'period_closed';

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
  private readonly passedOver: ReturnType<Metrics['counter']>;

  constructor(
    private readonly definitions: Definitions,
    private readonly segments: Segments,
    private readonly parts: Parts,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    const help = 'Writes that did not count on a board their event names';
    this.passedOver = metrics.counter('contributions_passed_over_total', help, { labels: ['reason'] });
  }

  async targets<W extends ContributingWrite>(writes: readonly W[]): Promise<Target<W>[]> {
    const wishes: Wish<W>[] = [];
    for (const write of writes) {
      for (const key of new Set(write.contributesTo)) {
        const period = await this.periodOf(write, key);
        if (period) wishes.push({ write, period });
      }
    }
    return wishes.length === 0 ? [] : this.place(wishes);
  }

  private async periodOf(write: ContributingWrite, key: string): Promise<BoardPeriod | null> {
    const definition = await this.definitions.find(write.scope, key);
    if (!definition) return this.passOver('unknown', write, key);
    if (definition.economyKey !== null) return this.passOver('ranked_by_progression', write, key);
    return periodOf(definition, write.scope.environment, write.writtenAtMs);
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
    for (const [at, { write, period }] of wishes.entries()) {
      const place = places[at];
      const { key } = period.definition;
      const board = place ? await this.parts.open(period, place.segment) : null;
      if (board) targets.push({ write, board });
      else this.passOver(place ? 'period_closed' : 'no_segment', write, key);
    }
    return targets;
  }

  private passOver(reason: PassedOver, { playerId }: ContributingWrite, key: string): null {
    this.passedOver.labels(reason).inc();
    this.logger.debug({ reason, key, playerId }, 'a write does not count on a board its event names');
    return null;
  }
}
