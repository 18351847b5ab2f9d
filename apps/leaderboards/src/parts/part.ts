import { createHash } from 'node:crypto';
import type { Environment } from '@kraty/contracts/common';
import type { Board } from '../boards/board.js';
import type { Definition } from '../definitions/definition.js';
import { periodAt, rulesAt, type Period, type Rules } from '../definitions/period.js';
import { ceilingOf } from '../segments/segment.js';

/** A period of a board in one environment, and what it counts by. */
export interface BoardPeriod {
  definition: Definition;
  environment: Environment;
  period: Period;
  rules: Rules;
}

export function periodOf(definition: Definition, environment: Environment, atMs: number): BoardPeriod {
  const period = periodAt(definition.rules, atMs);
  return { definition, environment, period, rules: rulesAt(definition.rules, period.startMs) };
}

/**
 * Id of the ranked list of one period and segment. Derived, so that nobody has to look it up: UUID of version 8 from
 * what it stands for.
 */
export function partId(
  leaderboardId: string,
  environment: Environment,
  startMs: number,
  segment: string | null,
): string {
  const name = JSON.stringify([leaderboardId, environment, startMs, segment]);
  const hex = createHash('sha256').update(name).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The ranked list of one segment; a progression is followed by its latest balance, whatever scores would count by. */
export function partOf({ definition, environment, period, rules }: BoardPeriod, segment: string | null): Board {
  const { leaderboardId, studioId, gameId, ladder } = definition;
  return {
    leaderboardId: partId(leaderboardId, environment, period.startMs, segment),
    scope: { studioId, gameId, environment },
    mode: 'global',
    scoreAggregation: definition.economyKey === null ? rules.scoreAggregation : 'latest',
    event: null,
    definitionId: leaderboardId,
    opensAt: new Date(period.startMs),
    closesAt: period.endMs === null ? null : new Date(period.endMs),
    segment,
    capacity: null,
    ladder,
    ladderCeiling: ladder && ceilingOf(rules.segmentation, ladder.itemKey),
    botBindings: bindingsOf(definition, segment),
    finalizedAt: null,
    finalizedReason: null,
  };
}

/** Bindings that name segments hold in these only (06 §10). */
function bindingsOf({ botBindings }: Definition, segment: string | null): Board['botBindings'] {
  return botBindings
    .filter(({ segments }) => segments === undefined || (segment !== null && segments.includes(segment)))
    .map(({ botKey, count, identityPoolKey }) => ({ botKey, count, ...(identityPoolKey && { identityPoolKey }) }));
}
