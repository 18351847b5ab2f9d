import { configurationText, type EventConfiguration } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { eventDefinition, type EventStatus } from './event-definition.js';

/** An event as it stands before an edit. */
export interface StandingEvent {
  status: EventStatus;
  configuration: EventConfiguration;
  /** A window has opened at some time: players may have played. */
  hasOpened: boolean;
}

export type WantedStatus = 'draft' | 'scheduled';

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
  if (eventDefinition(before, 0).type !== eventDefinition(after, 0).type) {
    issues.push(conflict(`${path}.type`, 'cannot change once the event is published'));
  }
  if (before.availability?.mode !== after.availability?.mode) {
    issues.push(conflict(`${path}.availability.mode`, 'cannot change once the event is published'));
  }
  return issues;
}

/** A window that has opened keeps its times (05 §2.1), and a fixed window has no successor that could take new ones. */
function openedWindowIssues(before: StandingEvent, after: EventConfiguration, path: string): Issue[] {
  const { availability } = before.configuration;
  if (availability?.mode !== 'fixed_window' || !before.hasOpened) return [];
  if (configurationText(availability) === configurationText(after.availability ?? null)) return [];
  return [conflict(`${path}.availability`, 'the window has opened and keeps its times')];
}

/** The one window of an always-on event never ends, so there is no later window that such edits could wait for. */
function endlessWindowIssues(
  { configuration: before, status }: StandingEvent,
  after: EventConfiguration,
  path: string,
): Issue[] {
  if (before.availability?.mode !== 'always_on' || status === 'scheduled') return [];
  const fields = ['metrics', 'scoreFormula', 'leaderboard'] as const;
  return fields
    .filter((field) => configurationText(before[field] ?? null) !== configurationText(after[field] ?? null))
    .map((field) => conflict(`${path}.${field}`, 'cannot change while an always-on event is live'));
}

function conflict(path: string, message: string): Issue {
  return { path, code: 'conflict', message };
}
