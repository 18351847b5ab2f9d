import type { Availability, WindowRule } from '@kraty/contracts/events';
import { toInstantMs, wallDate, wallTimeAt, type WallTime } from './local-time.js';

/** `endsAt` of a window that only an operator ends; wire fields stay strings (05 §2). */
export const endOfTimeMs = Date.parse('9999-12-31T23:59:59.000Z');

/** No rule leaves out more days than this between two of its dates: 31 January → 31 March are 59. */
const daysBetweenDatesMax = 62;
/** Covers the date line on both sides. */
const marginDays = 2;
const secondsPerDay = 86_400;

/** A shared window as the rules state it: `[startsAtMs, endsAtMs)`. */
export interface Occurrence {
  startsAtMs: number;
  endsAtMs: number;
}

/**
 * Occurrences that start at or before `untilMs` and end after `fromMs`, in order, never overlapping (05 §2.2).
 * `publishedAtMs` is when an `always_on` event begins.
 */
export function occurrences(
  availability: Availability,
  range: { fromMs: number; untilMs: number; publishedAtMs: number },
): Occurrence[] {
  const all = everyOccurrence(availability, range);
  return all.filter(({ startsAtMs, endsAtMs }) => startsAtMs <= range.untilMs && endsAtMs > range.fromMs);
}

/** True when no occurrence can start or still run after `nowMs`: the event is over by itself (05 §15). */
export function isOver(availability: Availability, nowMs: number): boolean {
  if (availability.mode === 'always_on') return false;
  if (availability.mode === 'fixed_window') return Date.parse(availability.endsAt) <= nowMs;
  if (availability.endsOn === undefined || nextStartMs(availability, nowMs) !== null) return false;
  return occurrences(availability, { fromMs: nowMs, untilMs: nowMs, publishedAtMs: nowMs }).length === 0;
}

/** End of the very last occurrence; null when there is no last one, or none at all. */
export function lastEndMs(availability: Availability): number | null {
  if (availability.mode === 'always_on') return null;
  if (availability.mode === 'fixed_window') return Date.parse(availability.endsAt);
  const endsOn = availability.endsOn === undefined ? null : wallDate(availability.endsOn);
  if (endsOn === null) return null;
  const afterMs = endsOn.plus({ days: marginDays }).toMillis();
  return recurring(availability, { fromMs: afterMs, untilMs: afterMs }).at(-1)?.endsAtMs ?? null;
}

/** Start of the first occurrence after `nowMs`; null when none follows. */
export function nextStartMs(availability: Availability, nowMs: number): number | null {
  if (availability.mode === 'always_on') return null;
  const fromMs = Math.max(nowMs, firstDateMs(availability));
  const following = everyOccurrence(availability, { fromMs, untilMs: fromMs, publishedAtMs: nowMs });
  return following.find(({ startsAtMs }) => startsAtMs > nowMs)?.startsAtMs ?? null;
}

function firstDateMs(availability: Availability): number {
  if (availability.mode !== 'recurring_windows' || availability.startsOn === undefined) return 0;
  const startsOn = wallDate(availability.startsOn);
  return startsOn === null ? 0 : startsOn.minus({ days: marginDays }).toMillis();
}

function everyOccurrence(
  availability: Availability,
  range: { fromMs: number; untilMs: number; publishedAtMs: number },
): Occurrence[] {
  switch (availability.mode) {
    case 'always_on':
      return [{ startsAtMs: range.publishedAtMs, endsAtMs: endOfTimeMs }];
    case 'fixed_window':
      return [{ startsAtMs: Date.parse(availability.startsAt), endsAtMs: Date.parse(availability.endsAt) }];
    case 'recurring_windows':
      return recurring(availability, range);
  }
}

type Recurring = Extract<Availability, { mode: 'recurring_windows' }>;

/** True when windows reach into the next start by their rules alone, whatever the clock changes of a zone do. */
export function overlapsItself(availability: Availability): boolean {
  if (availability.mode !== 'recurring_windows') return false;
  const { startsOn: _startsOn, endsOn: _endsOn, ...rules } = availability;
  const everyDateMet = { fromMs: 0, untilMs: daysBetweenDatesMax * secondsPerDay * 1_000 };
  const inOrder = uncut({ ...rules, timezone: 'UTC' }, everyDateMet);
  return inOrder.some((occurrence, at) => cutAt(occurrence, inOrder[at + 1]) !== occurrence);
}

function recurring(availability: Recurring, range: { fromMs: number; untilMs: number }): Occurrence[] {
  const inOrder = uncut(availability, range);
  return inOrder.map((occurrence, at) => cutAt(occurrence, inOrder[at + 1]));
}

function uncut(availability: Recurring, range: { fromMs: number; untilMs: number }): Occurrence[] {
  const byStart = new Map<number, Occurrence>();
  for (const rule of availability.windows) {
    for (const occurrence of ofRule(availability, rule, range)) {
      // Two rules that yield one instant are one occurrence: the first rule of the list wins.
      if (!byStart.has(occurrence.startsAtMs)) byStart.set(occurrence.startsAtMs, occurrence);
    }
  }
  return [...byStart.values()].sort((a, b) => a.startsAtMs - b.startsAtMs);
}

/** The next start ends what still runs, so at most one window is current at any instant. */
function cutAt(occurrence: Occurrence, next: Occurrence | undefined): Occurrence {
  if (next === undefined || next.startsAtMs >= occurrence.endsAtMs) return occurrence;
  return { startsAtMs: occurrence.startsAtMs, endsAtMs: next.startsAtMs };
}

/**
 * From the rule's last start before `fromMs`, because of all that started before it only that one can still run, to
 * its first start after `untilMs`, because that start may cut the last one wanted.
 */
function* ofRule(
  availability: Recurring,
  rule: WindowRule,
  range: { fromMs: number; untilMs: number },
): Generator<Occurrence> {
  const { oldest, newest, last } = datesToWalk(availability, range);
  for (let date = firstDate(availability, rule, { oldest, newest, fromMs: range.fromMs }); date <= last;) {
    if (matches(rule, date)) {
      const occurrence = occurrenceOn(date, rule, availability.timezone);
      yield occurrence;
      if (occurrence.startsAtMs > range.untilMs) return;
    }
    date = date.plus({ days: 1 });
  }
}

/** Back from the newest date to the first that has begun by `fromMs`, at most to the oldest. */
function firstDate(
  { timezone }: Recurring,
  rule: WindowRule,
  { oldest, newest, fromMs }: { oldest: WallTime; newest: WallTime; fromMs: number },
): WallTime {
  for (let date = newest; date > oldest; date = date.minus({ days: 1 })) {
    if (matches(rule, date) && occurrenceOn(date, rule, timezone).startsAtMs <= fromMs) return date;
  }
  return oldest;
}

/** `oldest` … `newest` is where the last start before the range lies, whatever the rule; `last` is the end of the walk. */
function datesToWalk(
  availability: Recurring,
  range: { fromMs: number; untilMs: number },
): { oldest: WallTime; newest: WallTime; last: WallTime } {
  const startsOn = availability.startsOn === undefined ? null : wallDate(availability.startsOn);
  const endsOn = availability.endsOn === undefined ? null : wallDate(availability.endsOn);
  const today = wallTimeAt(range.fromMs, availability.timezone).startOf('day');
  const newest = endsOn !== null && endsOn < today ? endsOn : today;
  const longAgo = newest.minus({ days: daysBetweenDatesMax + marginDays }) as WallTime;
  const horizon = wallTimeAt(Math.min(range.untilMs, endOfTimeMs), availability.timezone).startOf('day');
  const latest = horizon.plus({ days: daysBetweenDatesMax + marginDays }) as WallTime;
  return {
    oldest: startsOn !== null && startsOn > longAgo ? startsOn : longAgo,
    newest,
    last: endsOn !== null && endsOn < latest ? endsOn : latest,
  };
}

function matches(rule: WindowRule, date: WallTime): boolean {
  if (rule.daysOfMonth !== undefined) {
    return rule.daysOfMonth.includes(date.day) || (rule.daysOfMonth.includes(-1) && date.day === date.daysInMonth);
  }
  // Luxon counts Monday 1 … Sunday 7, our rules Sunday 0 … Saturday 6.
  return rule.daysOfWeek === undefined || rule.daysOfWeek.includes(date.weekday % 7);
}

function occurrenceOn(date: WallTime, rule: WindowRule, timezone: string): Occurrence {
  const [hour, minute] = rule.startTime.split(':').map(Number) as [number, number];
  const startsAtMs = toInstantMs(date.set({ hour, minute }) as WallTime, timezone);
  if (lengthMode(rule) === 'elapsed') return { startsAtMs, endsAtMs: startsAtMs + rule.durationSeconds * 1_000 };
  // From the wall time the start really has: inside a spring gap it differs from the rule's.
  const wallStart = wallTimeAt(startsAtMs, timezone);
  const wallEnd = wallStart.plus({ seconds: rule.durationSeconds }) as WallTime;
  return { startsAtMs, endsAtMs: toInstantMs(wallEnd, timezone) };
}

/** Whole days follow the calendar, so that a daily 24-hour event has neither holes nor overlaps. */
function lengthMode(rule: WindowRule): 'elapsed' | 'calendar' {
  if (rule.durationMode !== undefined) return rule.durationMode;
  return rule.durationSeconds % secondsPerDay === 0 ? 'calendar' : 'elapsed';
}
