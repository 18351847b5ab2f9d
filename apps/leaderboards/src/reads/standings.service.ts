import { Injectable } from '@nestjs/common';
import type { ReadStandings, Standings } from '@kraty/contracts/leaderboards';
import type { BoardPeriod } from '../parts/part.js';
import { PartsStore } from '../parts/parts.store.js';
import { inOrderOfSegments } from '../segments/segment.js';
import { badSegment, namedSegment } from './asked-segment.js';
import { BoardRowsService } from './board-rows.service.js';
import { DefinedBoards, headOf, startOf } from './defined-boards.service.js';

/** Several segments of one period at once (06 §11). */
@Injectable()
export class StandingsReads {
  constructor(
    private readonly boards: DefinedBoards,
    private readonly parts: PartsStore,
    private readonly rows: BoardRowsService,
  ) {}

  /** Errors: `not_found`, `validation_failed` (segment). */
  async read(question: ReadStandings): Promise<Standings> {
    const definition = await this.boards.definitionOf(question.scope, question.key);
    const { period } = await this.boards.periodOf(definition, question.scope, question.period);
    const wanted = await this.segmentsOf(period, question);
    const shown = wanted.slice(0, question.maxSegments);
    return {
      ...headOf(period),
      period: startOf(period),
      segments: await Promise.all(shown.map((segment) => this.block(period, segment, question))),
      segmentsTruncated: wanted.length > shown.length,
    };
  }

  private async segmentsOf(period: BoardPeriod, question: ReadStandings): Promise<(string | null)[]> {
    const { segmentation } = period.rules;
    const { scope, playerId, segments } = question;
    if (segmentation.type === 'none') {
      return segments === 'mine' && (await this.ofPlayer(period, question)).length === 0 ? [] : [null];
    }
    switch (segments) {
      case 'segment':
        return [this.named(period, question.segment)];
      case 'self_segment': {
        const home = await this.boards.homeOf(period, scope, playerId);
        return home === null ? [] : [home];
      }
      case 'mine':
        return inOrderOfSegments(segmentation, await this.ofPlayer(period, question));
      case 'all': {
        const { definition, environment, period: span } = period;
        const { leaderboardId } = definition;
        return inOrderOfSegments(segmentation, await this.parts.heldSegments(leaderboardId, environment, span.startMs));
      }
    }
  }

  private named({ rules: { segmentation } }: BoardPeriod, segment: string | null): string {
    const path = 'query.segment';
    if (segmentation.type === 'context') return namedSegment(segmentation, segment, path);
    if (segment === null || segment === '') throw badSegment(path, 'required', 'is required with scope=segment');
    return segment;
  }

  /** Segments in which the caller has a row; `''` stands for a board that is not split. */
  private async ofPlayer(
    { definition, environment, period }: BoardPeriod,
    { playerId }: ReadStandings,
  ): Promise<string[]> {
    if (playerId === null) return [];
    return this.parts.segmentsOf(definition.leaderboardId, environment, period.startMs, playerId);
  }

  private async block(
    period: BoardPeriod,
    segment: string | null,
    { scope, playerId, limit, progression, externalPlayerId }: ReadStandings,
  ): Promise<Standings['segments'][number]> {
    const board = await this.boards.boardOf(period, segment);
    const question = { scope, limit, progression, selfPlayerId: playerId };
    const { entries, self } = board ? await this.rows.entries(board, question) : { entries: [], self: null };
    const own = entries.find(({ participantId }) => participantId === playerId);
    if (own) {
      own.isSelf = true;
      if (own.player) own.player.externalPlayerId = externalPlayerId;
    }
    return { segment, participated: self !== null, selfRank: self?.rank ?? null, entries };
  }
}
