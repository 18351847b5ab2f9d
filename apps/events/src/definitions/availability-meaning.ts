import type { Availability, EventDocumentEntryBody } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { isTimezone, wallDate } from '../windows/local-time.js';
import { issue } from './issue.js';

/** Times that contradict each other, and fields of another mode (05 §2). */
export function availabilityIssues(
  availability: Availability | undefined,
  stated: EventDocumentEntryBody['availability'],
  path: string,
): Issue[] {
  if (availability === undefined) return [];
  return [...timeIssues(availability, path), ...foreignFields(stated, path)];
}

function timeIssues(availability: Availability, path: string): Issue[] {
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
