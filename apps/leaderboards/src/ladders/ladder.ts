import type { Ladder, LadderSide, ProgressionLimits } from '@kraty/contracts/leaderboards';

/** What a ladder does in one division. */
export interface Sides {
  promote: LadderSide | null;
  relegate: LadderSide | null;
}

/** A division's own side wins over that of all; null switches it off there (06 §9). */
export function sidesOf(ladder: Ladder, segment: string | null): Sides {
  const perDivision = ladder.perDivision ?? {};
  const own = segment !== null && Object.hasOwn(perDivision, segment) ? perDivision[segment]! : {};
  return {
    promote: (own.promote === undefined ? ladder.promote : own.promote) ?? null,
    relegate: (own.relegate === undefined ? ladder.relegate : own.relegate) ?? null,
  };
}

/** As players see it on the division they read. */
export function progressionLimits(ladder: Ladder, segment: string | null): ProgressionLimits {
  const { promote, relegate } = sidesOf(ladder, segment);
  const { itemKey } = ladder;
  return {
    promotion: promote && { places: promote.places, itemKey },
    relegation: relegate && { places: relegate.places, itemKey },
  };
}

export interface RankedRow {
  rank: number;
  kind: 'player' | 'bot';
  joinedOnly: boolean;
}

/**
 * How far a row moves by its final rank among `count`: positions count bots, only players move, who has only joined
 * never goes up, and where both ends meet promotion wins (06 §9).
 */
export function moveOf(row: RankedRow, { promote, relegate }: Sides, count: number): number {
  if (row.kind !== 'player') return 0;
  if (promote && !row.joinedOnly && row.rank <= promote.places) return promote.amount ?? 1;
  if (relegate && row.rank > count - relegate.places) return -(relegate.amount ?? 1);
  return 0;
}
