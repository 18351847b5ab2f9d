import { canonicalText } from '../configuration/canonical.js';
import type { LeaderboardConfiguration } from './configured-boards.js';
import type { Ladder, LadderSide, Segmentation, SegmentationAxis } from './segmentation.js';

/** Country bucket of players whose country nobody knows (06 §4.2). */
export const countryFallbackDefault = 'ZZ';

/** A board as a document states it: fixed field order, defaults left out (04 §12). Its shape has been checked. */
export function canonicalBoard(board: LeaderboardConfiguration): LeaderboardConfiguration {
  const { scope, scoreAggregation, rankBy, segmentation, acceptClientScores, progression, botBindings } = board;
  return {
    key: board.key,
    name: canonicalText(board.name),
    ...(scope === 'studio' && { scope }),
    resetCadence: board.resetCadence,
    ...(scoreAggregation && scoreAggregation !== 'best' && { scoreAggregation }),
    ...(rankBy?.type === 'progression' && { rankBy: { type: rankBy.type, economyKey: rankBy.economyKey } }),
    ...(segmentation && segmentation.type !== 'none' && { segmentation: canonicalSegmentation(segmentation) }),
    ...(typeof acceptClientScores === 'boolean' && { acceptClientScores }),
    ...(progression && { progression: canonicalLadder(progression) }),
    ...(botBindings && botBindings.length > 0 && { botBindings: botBindings.map(canonicalBinding) }),
  };
}

type SegmentBinding = NonNullable<LeaderboardConfiguration['botBindings']>[number];

/** As the API and documents may both say it: `botId` and `identityPoolId` take keys, too (decision 0010). */
type StatedBinding = SegmentBinding & { botId?: string | null; identityPoolId?: string | null };

function canonicalBinding(binding: StatedBinding): SegmentBinding {
  const { botKey, botId, count, identityPoolKey, identityPoolId, segments } = binding;
  const poolKey = identityPoolKey ?? identityPoolId;
  return {
    botKey: botKey ?? botId ?? '',
    count,
    ...(poolKey && { identityPoolKey: poolKey }),
    ...(segments && segments.length > 0 && { segments: segments.toSorted() }),
  };
}

export function canonicalSegmentation(split: Segmentation): Segmentation {
  if (split.type === 'none') return { type: 'none' };
  if (split.type === 'combined') return { type: 'combined', axes: split.axes.map(canonicalAxis) };
  return canonicalAxis(split);
}

export function canonicalLadder({ itemKey, promote, relegate, perDivision }: Ladder): Ladder {
  const divisions = Object.entries(perDivision ?? {}).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return {
    itemKey,
    ...(promote && { promote: canonicalSide(promote) }),
    ...(relegate && { relegate: canonicalSide(relegate) }),
    ...(divisions.length > 0 && {
      perDivision: Object.fromEntries(divisions.map(([division, sides]) => [division, canonicalSides(sides)])),
    }),
  };
}

function canonicalAxis(axis: SegmentationAxis): SegmentationAxis {
  switch (axis.type) {
    case 'context': {
      const { type, key, values, fallback } = axis;
      return { type, key, ...(values && { values: [...values] }), ...(fallback && { fallback }) };
    }
    case 'progression':
      return {
        type: axis.type,
        economyKey: axis.economyKey,
        divisions: axis.divisions.map(({ key, min }) => ({ key, min })),
      };
    case 'country': {
      const { type, fallback } = axis;
      return { type, ...(fallback && fallback !== countryFallbackDefault && { fallback }) };
    }
  }
}

/** Null switches a side off in a division, so there it says something. */
function canonicalSides({ promote, relegate }: { promote?: LadderSide | null; relegate?: LadderSide | null }) {
  return {
    ...(promote !== undefined && { promote: promote && canonicalSide(promote) }),
    ...(relegate !== undefined && { relegate: relegate && canonicalSide(relegate) }),
  };
}

function canonicalSide({ places, amount }: LadderSide): LadderSide {
  return { places, ...(amount && amount !== 1 && { amount }) };
}
