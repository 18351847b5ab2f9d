import type { EventConfiguration } from '@kraty/contracts/events';
import { parseExpression, type Expression, type ParsedExpression } from '@kraty/contracts/expressions';

/** A score formula ready to be evaluated; identifiers are `metrics.k`, `raw.k`, `weight.k`, `context.k` and `elapsedSeconds` (05 §5). */
export type ParsedFormula = { type: 'linear' } | { type: 'expression'; expression: Expression };

const ofMetrics: ReadonlySet<string> = new Set(['metrics', 'raw', 'weight']);

/** Metrics are those that the event declares; a context may hold any key. */
export function parseScoreExpression(expr: string, metricKeys: readonly string[]): ParsedExpression {
  const declared = new Set(metricKeys);
  return parseExpression(expr, (identifier) => {
    if (identifier === 'elapsedSeconds') return true;
    const [scope = '', key] = identifier.split('.');
    if (key === undefined) return false;
    return scope === 'context' || (ofMetrics.has(scope) && declared.has(key));
  });
}

/** @throws Error on a formula that no check has accepted: such an event cannot be scored */
export function parsedFormula({ key, metrics = [], scoreFormula }: EventConfiguration): ParsedFormula {
  if (scoreFormula?.type !== 'expression') return { type: 'linear' };
  const metricKeys = metrics.map((metric) => metric.key);
  const parsed = parseScoreExpression(scoreFormula.expr, metricKeys);
  if (!parsed.ok) throw new Error(`the score formula of ${key} cannot be parsed: ${JSON.stringify(parsed.problems)}`);
  return { type: 'expression', expression: parsed.expression };
}
