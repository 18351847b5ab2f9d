import { eventLimits, type Availability, type EventConfiguration, type WindowState } from '@kraty/contracts/events';
import { nextStartMs, occurrences, type Occurrence } from './occurrences.js';

const msPerDay = 86_400_000;

/** A shared window row, as far as planning looks at it. */
export interface PlannedRow {
  id: string;
  startsAt: Date;
  endsAt: Date;
  state: WindowState;
  /** An operator has written metadata of its own for this window. */
  hasOverride: boolean;
}

export interface WindowPlan {
  inserts: Occurrence[];
  /** Upcoming rows whose end moves. */
  moves: { id: string; endsAtMs: number }[];
  /** Upcoming rows that the rules do not produce any more, or not within the horizon. */
  removals: string[];
}

export interface PlannedEvent {
  configuration: EventConfiguration;
  publishedAtMs: number;
}

/** What must change so that the rows are what the rules say, up to the horizon (05 §2.1). Repeatable without effect. */
export function planWindows(event: PlannedEvent, rows: readonly PlannedRow[], nowMs: number): WindowPlan {
  const untilMs = horizonMs(event.configuration, nowMs);
  const produced = new Map(
    producedOccurrences(event, rows, nowMs).map((occurrence) => [occurrence.startsAtMs, occurrence]),
  );
  const plan: WindowPlan = { inserts: [], moves: [], removals: [] };
  for (const row of rows) {
    const startsAtMs = row.startsAt.getTime();
    const isWanted = startsAtMs <= untilMs || row.hasOverride;
    if (row.state === 'upcoming') planUpcoming(row, isWanted ? produced.get(startsAtMs) : undefined, plan);
    produced.delete(startsAtMs);
  }
  plan.inserts.push(...[...produced.values()].filter(({ startsAtMs }) => startsAtMs <= untilMs));
  return plan;
}

/**
 * When the rules next ask for a look, given that the rows are what they say now: the instant at which the next
 * occurrence comes within the horizon, or at which the last one ends. Null = nothing follows.
 */
export function nextPlanMs({ configuration }: PlannedEvent, nowMs: number): number | null {
  const { availability } = configuration;
  if (availability === undefined || availability.mode === 'always_on') return null;
  const aheadMs = horizonMs(configuration, nowMs) - nowMs;
  const beyondMs = nextStartMs(availability, nowMs + aheadMs);
  if (beyondMs !== null) return beyondMs - aheadMs;
  const lastEndMs = lastEndAfterMs(availability, nowMs, nowMs + aheadMs);
  return lastEndMs !== null && lastEndMs > nowMs ? lastEndMs : null;
}

function horizonMs({ scheduleAheadDays }: EventConfiguration, nowMs: number): number {
  return nowMs + (scheduleAheadDays ?? eventLimits.scheduleAheadDaysDefault) * msPerDay;
}

function lastEndAfterMs(availability: Availability, fromMs: number, untilMs: number): number | null {
  if (availability.mode === 'fixed_window') return Date.parse(availability.endsAt);
  return occurrences(availability, { fromMs, untilMs, publishedAtMs: fromMs }).at(-1)?.endsAtMs ?? null;
}

function planUpcoming(row: PlannedRow, occurrence: Occurrence | undefined, plan: WindowPlan): void {
  if (occurrence === undefined) plan.removals.push(row.id);
  else if (occurrence.endsAtMs !== row.endsAt.getTime()) plan.moves.push({ id: row.id, endsAtMs: occurrence.endsAtMs });
}

/**
 * Windows that have opened are untouched by edits, so an occurrence that would begin inside one is left out:
 * two windows of an event never overlap. A fixed window and an always-on one open once. Beyond the horizon the rules
 * are asked as far as there are rows with an override, which stay as long as their start is produced.
 */
function producedOccurrences(
  { configuration, publishedAtMs }: PlannedEvent,
  rows: readonly PlannedRow[],
  nowMs: number,
): Occurrence[] {
  const { availability } = configuration;
  if (availability === undefined) return [];
  const opened = rows.filter(({ state }) => state !== 'upcoming' && state !== 'cancelled');
  if (availability.mode !== 'recurring_windows' && opened.length > 0) return [];
  const openUntilMs = Math.max(-Infinity, ...opened.map(({ endsAt }) => endsAt.getTime()));
  const overridden = rows.filter(({ state, hasOverride }) => state === 'upcoming' && hasOverride);
  const untilMs = Math.max(horizonMs(configuration, nowMs), ...overridden.map(({ startsAt }) => startsAt.getTime()));
  const found = occurrences(availability, { fromMs: nowMs, untilMs, publishedAtMs });
  return found.filter(({ startsAtMs }) => startsAtMs >= openUntilMs);
}
