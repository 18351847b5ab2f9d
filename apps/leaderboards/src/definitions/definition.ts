import type { GameScope, Localized } from '@kraty/contracts/common';
import {
  canonicalBoard,
  canonicalSegmentation,
  type Ladder,
  type LeaderboardConfiguration,
} from '@kraty/contracts/leaderboards';
import { epochMs, type Rules } from './period.js';

type BotBindings = NonNullable<LeaderboardConfiguration['botBindings']>;

/** A board of the game's own as it is kept (06 §3). */
export interface Definition {
  leaderboardId: string;
  studioId: string;
  gameId: string;
  key: string;
  name: Localized;
  scope: 'game' | 'studio';
  /** Progression it ranks by; null = by score. */
  economyKey: string | null;
  /** Null = as the game's settings say. */
  acceptClientScores: boolean | null;
  ladder: Ladder | null;
  botBindings: BotBindings;
  archived: boolean;
  archivedAt: Date | null;
  version: number;
  /** In ascending order, never empty. */
  rules: Rules[];
}

/** What a document's board becomes when its defaults are filled in; its rules as of the epoch. */
export function definitionOf(
  game: GameScope,
  leaderboardId: string,
  stated: LeaderboardConfiguration,
): Definition & { rules: [Rules] } {
  const board = canonicalBoard(stated);
  return {
    leaderboardId,
    ...game,
    key: board.key,
    name: board.name,
    scope: board.scope ?? 'game',
    economyKey: board.rankBy?.type === 'progression' ? board.rankBy.economyKey : null,
    acceptClientScores: board.acceptClientScores ?? null,
    ladder: board.progression ?? null,
    botBindings: board.botBindings ?? [],
    archived: false,
    archivedAt: null,
    version: 1,
    rules: [
      {
        effectiveFromMs: epochMs,
        resetCadence: board.resetCadence,
        scoreAggregation: board.scoreAggregation ?? 'best',
        segmentation: canonicalSegmentation(board.segmentation ?? { type: 'none' }),
      },
    ],
  };
}

/** A board as a document states it: by the rules it will have in the end. */
export function configurationOf(definition: Definition): LeaderboardConfiguration {
  const { resetCadence, scoreAggregation, segmentation } = definition.rules.at(-1)!;
  const { key, name, scope, economyKey, acceptClientScores, ladder, botBindings } = definition;
  return canonicalBoard({
    key,
    name,
    scope,
    resetCadence,
    scoreAggregation,
    segmentation,
    rankBy: economyKey === null ? { type: 'score' } : { type: 'progression', economyKey },
    acceptClientScores,
    progression: ladder,
    botBindings,
  });
}

/** True when both say the same, whenever they hold. */
export function isSameRules(one: Rules, other: Rules): boolean {
  const said = ({ resetCadence, scoreAggregation, segmentation }: Rules) =>
    JSON.stringify([resetCadence, scoreAggregation, canonicalSegmentation(segmentation)]);
  return said(one) === said(other);
}
