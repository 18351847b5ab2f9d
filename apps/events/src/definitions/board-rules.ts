import { eventLimits, type BoardMode, type LeaderboardBlock, type ScoreAggregation } from '@kraty/contracts/events';
import type { Ladder, Segmentation, SegmentationAxis } from '@kraty/contracts/leaderboards';

/** Cohort of players whose context says nothing, unless the event names one. */
const fallbackCohort = 'default';

/** Who shares a group: everybody in order of arrival, or those with the same value in their context. */
export type Grouping = { by: 'arrival' } | { by: 'context'; key: string; fallback: string };

/** The board of an event with every default decided (05 §6). */
export interface BoardRules {
  mode: BoardMode;
  scoreAggregation: ScoreAggregation;
  /** Of `grouped` boards, else null. */
  capacity: number | null;
  grouping: Grouping | null;
  /** Of `segmented` boards, else null. */
  segmentation: Segmentation | null;
  ladder: Ladder | null;
  /** Promotion stops here where the ladder moves what splits the boards (06 §9); null = no ceiling. */
  ladderCeiling: number | null;
}

export function boardRules(block: LeaderboardBlock | undefined): BoardRules {
  const mode = block?.mode ?? 'global';
  const segmentation = mode === 'segmented' ? (block?.segmentation ?? null) : null;
  const ladder = block?.progression ?? null;
  return {
    mode,
    scoreAggregation: block?.scoreAggregation ?? 'best',
    capacity: mode === 'grouped' ? (block?.capacity ?? eventLimits.capacityDefault) : null,
    grouping: mode === 'grouped' ? decidedGrouping(block?.grouping) : null,
    segmentation,
    ladder,
    ladderCeiling: ladder === null || segmentation === null ? null : ceilingOf(ladder, segmentation),
  };
}

function decidedGrouping(grouping: LeaderboardBlock['grouping']): Grouping {
  if (grouping?.by !== 'context') return { by: 'arrival' };
  return { by: 'context', key: grouping.key, fallback: grouping.fallback ?? fallbackCohort };
}

/** `min` of the highest division of the progression that the ladder moves. */
function ceilingOf({ itemKey }: Ladder, segmentation: Segmentation): number | null {
  const axis = axesOf(segmentation).find((candidate) => isProgressionOf(candidate, itemKey));
  return axis?.type === 'progression' ? Math.max(...axis.divisions.map(({ min }) => min)) : null;
}

export function axesOf(segmentation: Segmentation): SegmentationAxis[] {
  if (segmentation.type === 'none') return [];
  return segmentation.type === 'combined' ? segmentation.axes : [segmentation];
}

function isProgressionOf(axis: SegmentationAxis, economyKey: string): boolean {
  return axis.type === 'progression' && axis.economyKey === economyKey;
}

/** Progressions that split players or that a ladder moves, each with the place that names it. */
export function progressionsOf(
  { segmentation, progression }: LeaderboardBlock,
  path: string,
): { key: string; path: string }[] {
  const at = `${path}.segmentation`;
  const axes = segmentation ? axesOf(segmentation) : [];
  const ofAxes = axes.flatMap((axis, index) => {
    const here = segmentation?.type === 'combined' ? `${at}.axes[${index}]` : at;
    return axis.type === 'progression' ? [{ key: axis.economyKey, path: `${here}.economyKey` }] : [];
  });
  return progression ? [...ofAxes, { key: progression.itemKey, path: `${path}.progression.itemKey` }] : ofAxes;
}
