import {
  canonicalOverrides,
  eventLimits,
  type EventConfiguration,
  type EventDocumentEntryBody,
  type WindowOverride,
} from '@kraty/contracts/events';
import type { ConfigurationWarning } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import { beginsAt, occurrences } from '../windows/occurrences.js';
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
  const runningStarts = runningStartsMs(asked);
  for (const [at, override] of overrides.entries()) {
    const here = `${path}[${override.startsAt}]`;
    if (override.startsAt === overrides[at - 1]?.startsAt) {
      checked.issues.push(issue(here, 'duplicate', 'is stated twice'));
      continue;
    }
    const startsAtMs = Date.parse(override.startsAt);
    if (startsAtMs <= asked.nowMs) {
      if (runningStarts.includes(startsAtMs)) checked.accepted.push(override);
      else checked.warnings.push(over(here));
      continue;
    }
    const found = notToCome(asked, startsAtMs, here);
    if (found === null) checked.accepted.push(override);
    else checked.issues.push(found);
  }
  return checked;
}

function refusalOf({ event: { availability }, standing }: OverridesToCheck): string | null {
  if (standing?.status === 'finalized') return 'a finalized event cannot be changed';
  if (availability === undefined) return 'an event without availability has no windows';
  if (availability.mode === 'always_on') return 'an always-on event has one window: put this into its metadata';
  return null;
}

/** Where the window that runs has begun, as the rules will have it, and as its row says. */
function runningStartsMs({ event: { availability }, runningSinceMs: since, nowMs }: OverridesToCheck): number[] {
  const range = { fromMs: nowMs, untilMs: nowMs, publishedAtMs: nowMs };
  const running = availability ? occurrences(availability, range).map(({ startsAtMs }) => startsAtMs) : [];
  return since === null ? running : [...running, since];
}

/** Rules are asked no further than this; one fixed window may begin whenever it wants. */
function notToCome(
  { event: { availability }, nowMs }: OverridesToCheck,
  startsAtMs: number,
  path: string,
): Issue | null {
  const daysMax = availability?.mode === 'fixed_window' ? Infinity : eventLimits.windowOverrideDaysAheadMax;
  if (startsAtMs > nowMs + daysMax * msPerDay) return issue(path, 'range', `begins more than ${daysMax} days from now`);
  if (availability !== undefined && beginsAt(availability, startsAtMs)) return null;
  return issue(path, 'unknown_reference', 'no window of the event begins then');
}

function over(path: string): ConfigurationWarning {
  return { code: 'window_override_past', path, message: 'the window has ended: this has no effect' };
}
