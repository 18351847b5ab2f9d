import type { Json } from '@kraty/contracts/common';
import { evaluateExpression } from '@kraty/contracts/expressions';
import type { ParsedFormula } from '../definitions/score-formula.js';
import { linearScore, norm, type MetricValues } from './score.js';
import type { ScoringRules } from './scoring-rules.js';

/** What a formula may look at beside the rules of the event (05 §5). */
export interface ScoredState {
  raw: MetricValues;
  capped: MetricValues;
  /** The attempt's snapshot; null = none. */
  playerContext: Json | null;
  /** Age of the attempt. */
  elapsedSeconds: number;
}

/** The score of a state. Total: every formula that was accepted gives a number for every state. */
export function scoreOf(rules: ScoringRules, formula: ParsedFormula, state: ScoredState): number {
  if (formula.type === 'linear') return linearScore(rules, state.capped);
  return norm(Number(evaluateExpression(formula.expression, (identifier) => valueOf(rules, state, identifier))));
}

function valueOf(rules: ScoringRules, state: ScoredState, identifier: string): number {
  if (identifier === 'elapsedSeconds') return state.elapsedSeconds;
  const dot = identifier.indexOf('.');
  const key = identifier.slice(dot + 1);
  switch (identifier.slice(0, dot)) {
    case 'metrics':
      return state.capped[key] ?? 0;
    case 'raw':
      return state.raw[key] ?? 0;
    case 'weight':
      return rules.metrics.find((metric) => metric.key === key)?.weight ?? 0;
    default:
      return contextValue(state.playerContext, key);
  }
}

/** Numbers as they are, booleans 1 or 0, anything else 0. */
function contextValue(context: Json | null, key: string): number {
  if (context === null || !Object.hasOwn(context, key)) return 0;
  const value = context[key];
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : 0;
}
