import type { EventConfiguration } from '@kraty/contracts/events';
import { eventLimits } from '@kraty/contracts/events';
import { occurrences, type Occurrence } from './occurrences.js';

const msPerDay = 86_400_000;

/** A shared window row, as far as planning looks at it. */
export interface PlannedRow {
  id: string;
  startsAt: Date;
  endsAt: Date;
  state: 'upcoming' | 'open' | 'closing' | 'finalized' | 'cancelled';
}

export interface WindowPlan {
  inserts: Occurrence[];
  /** Upcoming rows whose end moves. */
  moves: { id: string; endsAtMs: number }[];
  /** Upcoming rows that the rules do not produce any more, or not within the horizon. */
  removals: string[];
}

/** What must change so that the rows are what the rules say, up to the horizon (05 §2.1). Repeatable without effect. */
export function planWindows(
  event: { configuration: EventConfiguration; publishedAtMs: number },
  rows: readonly PlannedRow[],
  nowMs: number,
): WindowPlan {
  const wanted = new Map(
    wantedOccurrences(event, rows, nowMs).map((occurrence) => [occurrence.startsAtMs, occurrence]),
  );
  const plan: WindowPlan = { inserts: [], moves: [], removals: [] };
  for (const row of rows) {
    const occurrence = wanted.get(row.startsAt.getTime());
    if (row.state === 'upcoming') planUpcoming(row, occurrence, plan);
    wanted.delete(row.startsAt.getTime());
  }
  plan.inserts.push(...wanted.values());
  return plan;
}

export function isEmptyPlan({ inserts, moves, removals }: WindowPlan): boolean {
  return inserts.length + moves.length + removals.length === 0;
}

function planUpcoming(row: PlannedRow, occurrence: Occurrence | undefined, plan: WindowPlan): void {
  if (occurrence === undefined) plan.removals.push(row.id);
  else if (occurrence.endsAtMs !== row.endsAt.getTime()) plan.moves.push({ id: row.id, endsAtMs: occurrence.endsAtMs });
}

/**
 * Windows that have opened are untouched by edits, so an occurrence that would begin inside one is left out:
 * two windows of an event never overlap. A fixed window and an always-on one open once.
 */
function wantedOccurrences(
  { configuration, publishedAtMs }: { configuration: EventConfiguration; publishedAtMs: number },
  rows: readonly PlannedRow[],
  nowMs: number,
): Occurrence[] {
  const { availability } = configuration;
  if (availability === undefined) return [];
  const opened = rows.filter(({ state }) => state !== 'upcoming' && state !== 'cancelled');
  if (availability.mode !== 'recurring_windows' && opened.length > 0) return [];
  const openUntilMs = Math.max(-Infinity, ...opened.map(({ endsAt }) => endsAt.getTime()));
  const untilMs = nowMs + (configuration.scheduleAheadDays ?? eventLimits.scheduleAheadDaysDefault) * msPerDay;
  const found = occurrences(availability, { fromMs: nowMs, untilMs, publishedAtMs });
  return found.filter(({ startsAtMs }) => startsAtMs >= openUntilMs);
}
