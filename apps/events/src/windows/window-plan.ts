import { eventLimits, type Availability, type EventConfiguration, type WindowState } from '@kraty/contracts/events';
import { lastEndMs, nextStartMs, occurrences, type Occurrence } from './occurrences.js';

const msPerDay = 86_400_000;

/** Occurrences one plan finds, about: 32 rules over a year are twenty times as many, and a long time without a pause. */
export const occurrencesAPlanMax = 500;

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
  /** From where another plan goes on; null = this one is complete. */
  nextFromMs: number | null;
}

export interface PlannedEvent {
  configuration: EventConfiguration;
  publishedAtMs: number;
}

const noStarts: ReadonlySet<number> = new Set();

/** What a plan looks at besides the rules and the rows. */
export interface PlanOptions {
  /** Starts beyond the horizon whose windows are wanted, if the rules produce them. */
  also?: ReadonlySet<number>;
  /** Where an earlier plan has stopped: rows that start before it are what the rules say. */
  fromMs?: number;
}

/**
 * What must change so that the rows are what the rules say, up to the horizon (05 §2.1), or as far as one plan goes.
 * Repeatable without effect.
 */
export function planWindows(
  event: PlannedEvent,
  rows: readonly PlannedRow[],
  nowMs: number,
  { also = noStarts, fromMs = nowMs }: PlanOptions = {},
): WindowPlan {
  const untilMs = horizonMs(event.configuration, nowMs);
  const part = partOf(event, rows, { nowMs, fromMs: Math.max(nowMs, fromMs), also });
  const produced = new Map(
    producedOccurrences(event, rows, part).map((occurrence) => [occurrence.startsAtMs, occurrence]),
  );
  const plan: WindowPlan = { inserts: [], moves: [], removals: [], nextFromMs: part.isLast ? null : part.untilMs };
  for (const row of rows) {
    const startsAtMs = row.startsAt.getTime();
    const isWanted = startsAtMs <= untilMs || row.hasOverride || also.has(startsAtMs);
    const isJudged = row.state === 'upcoming' && (!isWanted || isWithin(part, startsAtMs));
    if (isJudged) planUpcoming(row, isWanted ? produced.get(startsAtMs) : undefined, plan);
    produced.delete(startsAtMs);
  }
  const isDue = ({ startsAtMs }: Occurrence) => startsAtMs <= untilMs || also.has(startsAtMs);
  plan.inserts.push(...[...produced.values()].filter(isDue));
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
  const overMs = lastEndMs(availability);
  return overMs !== null && overMs > nowMs ? overMs : null;
}

/** How far ahead of an instant its windows are materialized. */
export function horizonMs({ scheduleAheadDays }: EventConfiguration, nowMs: number): number {
  return nowMs + (scheduleAheadDays ?? eventLimits.scheduleAheadDaysDefault) * msPerDay;
}

/** The instants one plan is about: `[fromMs, untilMs)`, and all that follows when it is the last one. */
interface PlanPart {
  nowMs: number;
  fromMs: number;
  untilMs: number;
  isLast: boolean;
}

/** Beyond the horizon the rules are asked as far as rows have an override: these stay as long as their start is produced. */
function partOf(
  { configuration }: PlannedEvent,
  rows: readonly PlannedRow[],
  { nowMs, fromMs, also }: { nowMs: number; fromMs: number; also: ReadonlySet<number> },
): PlanPart {
  let wantedMs = horizonMs(configuration, nowMs);
  for (const startsAtMs of also) wantedMs = Math.max(wantedMs, startsAtMs);
  for (const { state, hasOverride, startsAt } of rows) {
    if (state === 'upcoming' && hasOverride) wantedMs = Math.max(wantedMs, startsAt.getTime());
  }
  const reachMs = fromMs + stepMs(configuration.availability);
  return { nowMs, fromMs, untilMs: Math.min(reachMs, wantedMs), isLast: wantedMs <= reachMs };
}

/** A rule has at most one occurrence a day. */
function stepMs(availability: Availability | undefined): number {
  if (availability?.mode !== 'recurring_windows') return Infinity;
  return Math.max(1, Math.floor(occurrencesAPlanMax / availability.windows.length)) * msPerDay;
}

/** What runs already belongs to the first part. */
function isWithin({ nowMs, fromMs, untilMs, isLast }: PlanPart, startsAtMs: number): boolean {
  return (startsAtMs >= fromMs || fromMs === nowMs) && (isLast || startsAtMs < untilMs);
}

function planUpcoming(row: PlannedRow, occurrence: Occurrence | undefined, plan: WindowPlan): void {
  if (occurrence === undefined) plan.removals.push(row.id);
  else if (occurrence.endsAtMs !== row.endsAt.getTime()) plan.moves.push({ id: row.id, endsAtMs: occurrence.endsAtMs });
}

/**
 * Windows that have opened are untouched by edits, so an occurrence that would begin inside one is left out:
 * two windows of an event never overlap. A fixed window and an always-on one open once.
 */
function producedOccurrences(
  { configuration: { availability }, publishedAtMs }: PlannedEvent,
  rows: readonly PlannedRow[],
  part: PlanPart,
): Occurrence[] {
  if (availability === undefined) return [];
  const opened = rows.filter(({ state }) => state !== 'upcoming' && state !== 'cancelled');
  if (availability.mode !== 'recurring_windows' && opened.length > 0) return [];
  const openUntilMs = Math.max(-Infinity, ...opened.map(({ endsAt }) => endsAt.getTime()));
  const { fromMs, untilMs } = part;
  const found = occurrences(availability, { fromMs, untilMs, publishedAtMs });
  return found.filter(({ startsAtMs }) => startsAtMs >= openUntilMs && isWithin(part, startsAtMs));
}
