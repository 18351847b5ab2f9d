import type { EventConfiguration, EventDocumentEntryBody, MetricDefinition } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { validatorIssues } from './anti-cheat-meaning.js';
import { availabilityIssues } from './availability-meaning.js';
import { boardIssues } from './board-meaning.js';
import { entryIssues } from './condition-meaning.js';
import { issue, unknown } from './issue.js';
import type { References } from './references.js';
import { bundlesOf, rewardIssues } from './reward-meaning.js';
import { parseScoreExpression } from './score-formula.js';

/** What is looked at to judge an event. */
export interface Judged {
  /** In canonical form. */
  event: EventConfiguration;
  /** As it was stated, in its shape. */
  stated: EventDocumentEntryBody;
  references: References;
  /** The published statement it replaces; what that names and is archived since may go on (10 §2). */
  standing: EventConfiguration | null;
}

/** Contradictions inside an event and names that lead nowhere (05 §1.2). A draft may be incomplete, never wrong. */
export function meaningIssues({ event, stated, references, standing }: Judged, path: string): Issue[] {
  return [
    ...typeIssues(event, path),
    ...metricIssues(stated.metrics ?? [], `${path}.metrics`),
    ...formulaIssues(event, `${path}.scoreFormula.expr`),
    ...availabilityIssues(event.availability, stated.availability, `${path}.availability`),
    ...boardIssues(event, stated, references, standing, path),
    ...entryIssues(event, references, path),
    // The shape has been checked, so each policy has the parameters of its type.
    ...rewardIssues(event, stated as unknown as EventConfiguration, references, path),
    ...validatorIssues(event, path),
    ...(stated.status === 'scheduled' ? publishIssues(event, references, standing, path) : []),
  ];
}

function publishIssues(
  event: EventConfiguration,
  references: References,
  standing: EventConfiguration | null,
  path: string,
): Issue[] {
  const issues: Issue[] = [];
  if (event.availability === undefined)
    issues.push(issue(`${path}.availability`, 'required', 'is required to publish'));
  if ((event.metrics ?? []).length === 0)
    issues.push(issue(`${path}.metrics`, 'required', 'needs at least one metric to publish'));
  if (event.leaderboard?.mode === 'segmented' && event.leaderboard.segmentation === undefined)
    issues.push(issue(`${path}.leaderboard.segmentation`, 'required', 'is required by segmented'));
  const paidAlready = new Set(standing === null ? [] : bundlesOf(standing).map(({ key }) => key));
  const lost = bundlesOf(event, path).filter(({ key }) => !references.bundles.has(key) && !paidAlready.has(key));
  return [...issues, ...lost.map(({ key, path: at }) => unknown(at, 'reward bundle', key))];
}

function formulaIssues({ scoreFormula, metrics = [] }: EventConfiguration, path: string): Issue[] {
  if (scoreFormula?.type !== 'expression') return [];
  const metricKeys = metrics.map(({ key }) => key);
  const parsed = parseScoreExpression(scoreFormula.expr, metricKeys);
  if (parsed.ok) return [];
  return parsed.problems.map(({ position, message }) => issue(path, 'format', `${message} (at character ${position})`));
}

function typeIssues(event: EventConfiguration, path: string): Issue[] {
  if (event.type !== 'single_metric' || (event.metrics ?? []).length <= 1) return [];
  return [issue(`${path}.type`, 'conflict', 'single_metric takes exactly one metric')];
}

function metricIssues(metrics: NonNullable<EventDocumentEntryBody['metrics']>, path: string): Issue[] {
  const keys = metrics.map((metric) => metric.key);
  return metrics.flatMap((metric, at) => {
    const here = `${path}[${at}]`;
    const issues: Issue[] = [];
    if (keys.indexOf(metric.key) !== at)
      issues.push(issue(`${here}.key`, 'duplicate', `'${metric.key}' is declared twice`));
    if (metric.capAtTarget && (metric.target ?? null) === null) {
      issues.push(issue(`${here}.capAtTarget`, 'conflict', 'needs a target'));
    }
    return [...issues, ...weightIssues(metric, here), ...resetIssues(metric, keys, here)];
  });
}

function weightIssues(metric: { scorePerUnit?: number | null; scoreWeight?: number | null }, path: string): Issue[] {
  const { scorePerUnit, scoreWeight } = metric;
  if ((scorePerUnit ?? null) === null || (scoreWeight ?? null) === null || scorePerUnit === scoreWeight) return [];
  return [issue(`${path}.scoreWeight`, 'conflict', 'is another name of scorePerUnit and says something else')];
}

function resetIssues(
  { key, resetOn }: { key: string; resetOn?: MetricDefinition['resetOn'] | null },
  keys: string[],
  path: string,
): Issue[] {
  if (!resetOn) return [];
  const at = `${path}.resetOn.metricKey`;
  if (resetOn.metricKey === key) return [issue(at, 'conflict', 'a metric cannot reset itself')];
  if (!keys.includes(resetOn.metricKey)) return [unknown(at, 'metric', resetOn.metricKey)];
  return [];
}
