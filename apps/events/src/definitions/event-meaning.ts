import type {
  Availability,
  EventConfiguration,
  EventDocumentEntryBody,
  MetricDefinition,
} from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { payoutProblems } from '@kraty/contracts/grants';
import { isTimezone, wallDate } from '../windows/local-time.js';

/** What else of the game an event may name. */
export interface References {
  bundles: ReadonlySet<string>;
  currencies: ReadonlySet<string>;
  items: ReadonlySet<string>;
}

/** Contradictions inside an event and names that lead nowhere (05 §1.2). A draft may be incomplete, never wrong. */
export function meaningIssues(
  event: EventConfiguration,
  stated: EventDocumentEntryBody,
  references: References,
  path: string,
): Issue[] {
  const issues = [
    ...typeIssues(event, path),
    ...metricIssues(stated.metrics ?? [], `${path}.metrics`),
    ...(event.availability ? availabilityIssues(event.availability, `${path}.availability`) : []),
    ...foreignFields(stated.availability, `${path}.availability`),
    ...policyIssues(stated.rewardPolicy, references, `${path}.rewardPolicy`),
  ];
  if (stated.status !== 'scheduled') return issues;
  return [...issues, ...publishIssues(event, references, path)];
}

function publishIssues(event: EventConfiguration, references: References, path: string): Issue[] {
  const issues: Issue[] = [];
  if (event.availability === undefined)
    issues.push(issue(`${path}.availability`, 'required', 'is required to publish'));
  if ((event.metrics ?? []).length === 0)
    issues.push(issue(`${path}.metrics`, 'required', 'needs at least one metric to publish'));
  const bundle = bundleKeyOf(event);
  if (bundle !== null && !references.bundles.has(bundle)) {
    const at = `${path}.rewardPolicy.parameters.rewardBundleKey`;
    issues.push(issue(at, 'unknown_reference', `there is no reward bundle '${bundle}'`));
  }
  return issues;
}

/** Key of the bundle that completion pays; null when it pays none or states the entries itself. */
export function bundleKeyOf({ rewardPolicy }: EventConfiguration): string | null {
  if (rewardPolicy?.type !== 'fixed_bundle') return null;
  return 'rewardBundleKey' in rewardPolicy.parameters ? rewardPolicy.parameters.rewardBundleKey : null;
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
  if (!keys.includes(resetOn.metricKey))
    return [issue(at, 'unknown_reference', `there is no metric '${resetOn.metricKey}'`)];
  return [];
}

function availabilityIssues(availability: Availability, path: string): Issue[] {
  const issues: Issue[] = [];
  const { timezone } = availability;
  if (timezone !== undefined && !isTimezone(timezone)) {
    issues.push(issue(`${path}.timezone`, 'unknown_reference', `'${timezone}' is no IANA time zone`));
  }
  if (availability.mode === 'fixed_window' && Date.parse(availability.endsAt) <= Date.parse(availability.startsAt)) {
    issues.push(issue(`${path}.endsAt`, 'range', 'must be later than startsAt'));
  }
  if (availability.mode === 'recurring_windows') issues.push(...seriesIssues(availability, path));
  return issues;
}

function seriesIssues(series: Extract<Availability, { mode: 'recurring_windows' }>, path: string): Issue[] {
  const issues: Issue[] = [];
  for (const field of ['startsOn', 'endsOn'] as const) {
    const date = series[field];
    if (date !== undefined && wallDate(date) === null)
      issues.push(issue(`${path}.${field}`, 'format', 'must be a date, YYYY-MM-DD'));
  }
  const { startsOn, endsOn } = series;
  if (issues.length === 0 && startsOn !== undefined && endsOn !== undefined && endsOn < startsOn) {
    issues.push(issue(`${path}.endsOn`, 'range', 'must not be before startsOn'));
  }
  series.windows.forEach((rule, at) => {
    if (rule.daysOfWeek === undefined || rule.daysOfMonth === undefined) return;
    issues.push(issue(`${path}.windows[${at}].daysOfMonth`, 'conflict', 'excludes daysOfWeek'));
  });
  return issues;
}

/** A field of another mode would be taken and forgotten; a typo of the mode shows this way. */
function foreignFields(availability: EventDocumentEntryBody['availability'], path: string): Issue[] {
  if (!availability) return [];
  const { mode } = availability;
  return fieldsOfModes
    .filter(({ field, of }) => (availability[field] ?? null) !== null && of !== mode)
    .map(({ field }) => issue(`${path}.${field}`, 'unknown_field', `does not belong to ${mode}`));
}

const fieldsOfModes = [
  { field: 'windows', of: 'recurring_windows' },
  { field: 'startsOn', of: 'recurring_windows' },
  { field: 'endsOn', of: 'recurring_windows' },
  { field: 'startsAt', of: 'fixed_window' },
  { field: 'endsAt', of: 'fixed_window' },
  { field: 'durationSeconds', of: 'personal_windows' },
  { field: 'cooldownSeconds', of: 'personal_windows' },
] as const;

function policyIssues(policy: EventDocumentEntryBody['rewardPolicy'], references: References, path: string): Issue[] {
  if (policy?.type !== 'fixed_bundle') return [];
  const { rewardBundleKey, entries } = policy.parameters ?? {};
  if (Boolean(rewardBundleKey) === Boolean(entries)) {
    return [issue(`${path}.parameters`, 'conflict', 'takes either rewardBundleKey or entries')];
  }
  const at = `${path}.parameters.entries`;
  return [
    ...(entries ?? []).flatMap((entry, index) => entryIssues(entry, references, `${at}[${index}]`)),
    ...payoutProblems(entries ?? []).map(({ code, message }) => issue(at, code, message)),
  ];
}

function entryIssues(
  entry: { type: string; currencyKey?: string; itemKey?: string },
  references: References,
  path: string,
): Issue[] {
  const { type, currencyKey, itemKey } = entry;
  if (type === 'crate' || type === 'table') {
    return [issue(`${path}.type`, 'unsupported', `${type} is not supported by this version`)];
  }
  if (type === 'currency' && currencyKey !== undefined && !references.currencies.has(currencyKey)) {
    return [issue(`${path}.currencyKey`, 'unknown_reference', `there is no currency '${currencyKey}'`)];
  }
  if (type === 'item' && itemKey !== undefined && !references.items.has(itemKey)) {
    return [issue(`${path}.itemKey`, 'unknown_reference', `there is no item '${itemKey}'`)];
  }
  return [];
}

function issue(path: string, code: Issue['code'], message: string): Issue {
  return { path, code, message };
}
