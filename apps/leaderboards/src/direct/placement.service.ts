import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { Clock } from '@kraty/platform/clock';
import { busy } from '@kraty/platform/errors';
import type { Board } from '../boards/board.js';
import type { Definition } from '../definitions/definition.js';
import { periodOf, type BoardPeriod } from '../parts/part.js';
import { Parts } from '../parts/parts.service.js';
import { badSegment, namedSegment } from '../reads/asked-segment.js';
import { lastContext, Segments, type SegmentWish } from '../segments/segments.service.js';

/** Whose call it is, and what it says of where it belongs. */
export interface Placing {
  scope: Scope;
  player: PlayerRef;
  country: string | null;
  segment: string | null;
}

/** Where a call of a player lands. */
export interface Place {
  board: Board;
  period: BoardPeriod;
  segment: string | null;
  atMs: number;
}

/** Finds the ranked list for a direct score or a join (06 §4.3, columns submitScore and join). */
@Injectable()
export class Placement {
  constructor(
    private readonly segments: Segments,
    private readonly parts: Parts,
    private readonly clock: Clock,
  ) {}

  /** Errors: `validation_failed` when the segment is missing, not permitted, or cannot be derived. */
  async place(definition: Definition, { scope, player, country, segment: named }: Placing): Promise<Place> {
    const atMs = this.clock.nowMs();
    const period = periodOf(definition, scope.environment, atMs);
    const wish = { scope, playerId: player.playerId, country, writtenAtMs: atMs };
    const segment = await this.segmentOf(period, wish, named);
    const board = await this.parts.open(period, segment);
    // The period has just ended and been closed: the next try falls into the one that runs.
    if (!board) throw busy();
    return { board, period, segment, atMs };
  }

  private async segmentOf(
    { definition, period, rules }: BoardPeriod,
    wish: Pick<SegmentWish, 'scope' | 'playerId' | 'country' | 'writtenAtMs'>,
    named: string | null,
  ): Promise<string | null> {
    const { segmentation } = rules;
    const context = segmentation.type === 'context' ? namedSegment(segmentation, named, 'body.segment') : null;
    const [place] = await this.segments.place([
      {
        leaderboardId: definition.leaderboardId,
        segmentation,
        periodStartMs: period.startMs,
        ...wish,
        context: segmentation.type === 'context' ? { [segmentation.key]: context } : lastContext,
      },
    ]);
    if (!place) throw badSegment('body.segment', 'required', 'cannot be derived for this player');
    return place.segment;
  }
}
