import { configurationText, inferredType, type EventConfiguration } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import type { EventStatus } from './event-definition.js';

/** An event as it stands before an edit. */
export interface StandingEvent {
  status: EventStatus;
  configuration: EventConfiguration;
  /** A window has opened at some time: players may have played. */
  hasOpened: boolean;
}

export type WantedStatus = 'draft' | 'scheduled';

/** What the one window of an always-on event was opened with: it takes every other edit, as no later window could. */
const endlessFrozen = [
  'metrics',
  'scoreFormula',
  'leaderboard',
] as const satisfies readonly (keyof EventConfiguration)[];

/** Whether the open window moves on to each new revision instead of keeping the one it opened with (05 §16). */
export function pinsEachSave({ availability }: EventConfiguration): boolean {
  return availability?.mode === 'always_on';
}

function isChanged(field: keyof EventConfiguration, before: EventConfiguration, after: EventConfiguration): boolean {
  return configurationText(before[field] ?? null) !== configurationText(after[field] ?? null);
}

/** What of an edit the state of the event forbids (05 §§15–16); empty when it may be made. */
export function editIssues(
  before: StandingEvent,
  after: EventConfiguration,
  wanted: WantedStatus,
  path: string,
): Issue[] {
  const unchanged = configurationText(before.configuration) === configurationText(after);
  const statusIssues = statusEditIssues(before, wanted, `${path}.status`);
  if (unchanged || statusIssues.length > 0) return statusIssues;
  if (before.status === 'finalized') return [conflict(path, 'a finalized event cannot be changed')];
  if (before.status === 'draft') return [];
  return [
    ...immutableIssues(before, after, path),
    ...openedWindowIssues(before, after, path),
    ...endlessWindowIssues(before, after, path),
  ];
}

/** Archived events are only ever drafts or finalized ones (05 §15). */
export function archiveIssues(status: EventStatus, path: string): Issue[] {
  if (status === 'draft' || status === 'finalized') return [];
  return [conflict(path, `a ${status} event cannot be archived; only drafts and finalized events can`)];
}

function statusEditIssues({ status, hasOpened }: StandingEvent, wanted: WantedStatus, path: string): Issue[] {
  if (wanted === 'scheduled' || status === 'draft') return [];
  if (status === 'scheduled' && !hasOpened) return [];
  return [conflict(path, `the event is ${status} and cannot become a draft again`)];
}

function immutableIssues({ configuration: before }: StandingEvent, after: EventConfiguration, path: string): Issue[] {
  const issues: Issue[] = [];
  if (before.key !== after.key) issues.push(conflict(`${path}.key`, 'cannot change once the event is published'));
  if (typeOf(before) !== typeOf(after)) {
    issues.push(conflict(`${path}.type`, 'cannot change once the event is published'));
  }
  if (before.availability?.mode !== after.availability?.mode) {
    issues.push(conflict(`${path}.availability.mode`, 'cannot change once the event is published'));
  }
  return issues;
}

function typeOf({ type, metrics = [] }: EventConfiguration): EventConfiguration['type'] {
  return type ?? inferredType(metrics.length);
}

/** A window that has opened keeps its times (05 §2.1), and a fixed window has no successor that could take new ones. */
function openedWindowIssues(before: StandingEvent, after: EventConfiguration, path: string): Issue[] {
  const { availability } = before.configuration;
  if (availability?.mode !== 'fixed_window' || !before.hasOpened) return [];
  if (!isChanged('availability', before.configuration, after)) return [];
  return [conflict(`${path}.availability`, 'the window has opened and keeps its times')];
}

/** The one window of an always-on event never ends, so there is no later window that such edits could wait for. */
function endlessWindowIssues(
  { configuration: before, status, hasOpened }: StandingEvent,
  after: EventConfiguration,
  path: string,
): Issue[] {
  const isLive = hasOpened || status !== 'scheduled';
  if (!isLive || !pinsEachSave(before)) return [];
  return endlessFrozen
    .filter((field) => isChanged(field, before, after))
    .map((field) => conflict(`${path}.${field}`, 'cannot change while an always-on event is live'));
}

function conflict(path: string, message: string): Issue {
  return { path, code: 'conflict', message };
}
