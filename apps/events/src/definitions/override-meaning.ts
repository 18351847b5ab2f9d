import {
  canonicalOverrides,
  eventLimits,
  type EventConfiguration,
  type EventDocumentEntryBody,
  type WindowOverride,
} from '@kraty/contracts/events';
import type { ConfigurationWarning } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { occurrences } from '../windows/occurrences.js';
import type { StandingEvent } from './event-edit.js';
import { issue } from './issue.js';

const msPerDay = 86_400_000;

export interface OverridesToCheck {
  /** As the document states the event. */
  event: EventConfiguration;
  stated: EventDocumentEntryBody['windowOverrides'];
  standing: Pick<StandingEvent, 'status'> | null;
  /** When the running window began; null = none runs. */
  runningSinceMs: number | null;
  nowMs: number;
}

export interface CheckedOverrides {
  issues: Issue[];
  warnings: ConfigurationWarning[];
  /** Those whose windows have not ended. */
  accepted: WindowOverride[];
}

/** Metadata that a document gives to single windows (04 §12): each names a window that runs or is still to come. */
export function checkedOverrides(asked: OverridesToCheck, path: string): CheckedOverrides {
  const overrides = canonicalOverrides(asked.stated);
  const checked: CheckedOverrides = { issues: [], warnings: [], accepted: [] };
  if (overrides.length === 0) return checked;
  const refusal = refusalOf(asked);
  if (refusal !== null) return { ...checked, issues: [issue(path, 'conflict', refusal)] };
  const starts = startsOf(asked, overrides);
  for (const [at, override] of overrides.entries()) {
    const here = `${path}[${override.startsAt}]`;
    if (override.startsAt === overrides[at - 1]?.startsAt) {
      checked.issues.push(issue(here, 'duplicate', 'is stated twice'));
    } else if (starts.has(Date.parse(override.startsAt))) checked.accepted.push(override);
    else if (Date.parse(override.startsAt) <= asked.nowMs) checked.warnings.push(over(here));
    else checked.issues.push(notAWindow(asked, override, here));
  }
  return checked;
}

function refusalOf({ event: { availability }, standing }: OverridesToCheck): string | null {
  if (standing?.status === 'finalized') return 'a finalized event cannot be changed';
  if (availability === undefined) return 'an event without availability has no windows';
  if (availability.mode === 'always_on') return 'an always-on event has one window: put this into its metadata';
  return null;
}

function startsOf({ event, runningSinceMs, nowMs }: OverridesToCheck, overrides: WindowOverride[]): Set<number> {
  const lastMs = Date.parse(overrides.at(-1)?.startsAt ?? '');
  const untilMs = Math.min(lastMs, aheadMs(event, nowMs));
  const range = { fromMs: nowMs, untilMs, publishedAtMs: nowMs };
  const starts = event.availability ? occurrences(event.availability, range) : [];
  return new Set([...starts.map(({ startsAtMs }) => startsAtMs), ...(runningSinceMs === null ? [] : [runningSinceMs])]);
}

/** Rules are followed no further than this; one fixed window may begin whenever it wants. */
function aheadMs({ availability }: EventConfiguration, nowMs: number): number {
  if (availability?.mode === 'fixed_window') return Infinity;
  return nowMs + eventLimits.windowOverrideDaysAheadMax * msPerDay;
}

function notAWindow({ event, nowMs }: OverridesToCheck, { startsAt }: WindowOverride, path: string): Issue {
  if (Date.parse(startsAt) <= aheadMs(event, nowMs)) {
    return issue(path, 'unknown_reference', 'no window of the event begins then');
  }
  return issue(path, 'range', `begins more than ${eventLimits.windowOverrideDaysAheadMax} days from now`);
}

function over(path: string): ConfigurationWarning {
  return { code: 'window_override_past', path, message: 'the window has ended: this has no effect' };
}
