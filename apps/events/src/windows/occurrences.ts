import type { Availability, WindowRule } from '@kraty/contracts/events';
import { toInstantMs, wallDate, wallTimeAt, wallTimesBecoming, type WallTime } from './local-time.js';

/** `endsAt` of a window that only an operator ends; wire fields stay strings (05 §2). */
export const endOfTimeMs = Date.parse('9999-12-31T23:59:59.000Z');

/** No rule leaves out more days than this between two of its dates: 31 January → 31 March are 59. */
const daysBetweenDatesMax = 62;
/** Covers the date line on both sides. */
const marginDays = 2;
const secondsPerDay = 86_400;
const msPerMinute = 60_000;

/** In 1970: twice the longest pause of a rule, after two days so that the last of December is met as well. */
const everyDate: readonly WallTime[] = Array.from({ length: 2 * daysBetweenDatesMax + marginDays }, (_, days) =>
  wallDate('1969-12-30')!.plus({ days }),
);

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
  const inOrder = uncut(availability.windows, unzoned);
  return inOrder.some((occurrence, at) => cutAt(occurrence, inOrder[at + 1]) !== occurrence);
}

/** Every start of a rule on dates that leave none of its dates out, as if there were no zones. */
function unzoned(rule: WindowRule): Occurrence[] {
  const sinceMidnightMs = startTimeMs(rule);
  return everyDate
    .filter((date) => matches(rule, date))
    .map((date) => date.toMillis() + sinceMidnightMs)
    .map((startsAtMs) => ({ startsAtMs, endsAtMs: startsAtMs + rule.durationSeconds * 1_000 }));
}

/** True when the rules let a window begin at this very instant; asks them about it alone. */
export function beginsAt(availability: Availability, instantMs: number): boolean {
  if (availability.mode === 'always_on') return false;
  if (availability.mode === 'fixed_window') return Date.parse(availability.startsAt) === instantMs;
  const { timezone, windows, startsOn = '', endsOn = '9999-12-31' } = availability;
  return wallTimesBecoming(instantMs, timezone).some((wall) => {
    const date = wall.toISODate();
    if (date < startsOn || date > endsOn) return false;
    const sinceMidnightMs = wall.toMillis() - wall.startOf('day').toMillis();
    return windows.some((rule) => startTimeMs(rule) === sinceMidnightMs && matches(rule, wall));
  });
}

function recurring(availability: Recurring, range: { fromMs: number; untilMs: number }): Occurrence[] {
  const dates = datesToWalk(availability, range);
  const inOrder = uncut(availability.windows, (rule) => ofRule(availability, rule, dates, range));
  return inOrder.map((occurrence, at) => cutAt(occurrence, inOrder[at + 1]));
}

function uncut(rules: readonly WindowRule[], of: (rule: WindowRule) => Iterable<Occurrence>): Occurrence[] {
  const byStart = new Map<number, Occurrence>();
  for (const rule of rules) {
    for (const occurrence of of(rule)) {
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
  { timezone }: Recurring,
  rule: WindowRule,
  { all, newestAt }: DatesToWalk,
  range: { fromMs: number; untilMs: number },
): Generator<Occurrence> {
  const startsBy = (date: WallTime) =>
    matches(rule, date) && occurrenceOn(date, rule, timezone).startsAtMs <= range.fromMs;
  let at = newestAt;
  while (at > 0 && !startsBy(all[at]!)) at -= 1;
  for (const date of all.slice(Math.max(at, 0))) {
    if (!matches(rule, date)) continue;
    const occurrence = occurrenceOn(date, rule, timezone);
    yield occurrence;
    if (occurrence.startsAtMs > range.untilMs) return;
  }
}

/** Dates in their order; up to the one at `newestAt` lies the last start before the range, whatever the rule. */
interface DatesToWalk {
  all: WallTime[];
  newestAt: number;
}

function datesToWalk(
  { timezone, startsOn, endsOn }: Recurring,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): DatesToWalk {
  const today = wallTimeAt(fromMs, timezone).startOf('day');
  const newest = earlier(today, endsOn);
  const longAgo = newest.minus({ days: daysBetweenDatesMax + marginDays });
  const first = startsOn === undefined ? null : wallDate(startsOn);
  const horizon = wallTimeAt(Math.min(untilMs, endOfTimeMs), timezone).startOf('day');
  const last = earlier(horizon.plus({ days: daysBetweenDatesMax + marginDays }), endsOn);
  const all: WallTime[] = [];
  for (let date = first !== null && first > longAgo ? first : longAgo; date <= last; date = date.plus({ days: 1 })) {
    all.push(date);
  }
  return { all, newestAt: all.findLastIndex((date) => date <= newest) };
}

function earlier(date: WallTime, limit: string | undefined): WallTime {
  const other = limit === undefined ? null : wallDate(limit);
  return other !== null && other < date ? other : date;
}

function matches(rule: WindowRule, date: WallTime): boolean {
  if (rule.daysOfMonth !== undefined) {
    return rule.daysOfMonth.includes(date.day) || (rule.daysOfMonth.includes(-1) && date.day === date.daysInMonth);
  }
  // Luxon counts Monday 1 … Sunday 7, our rules Sunday 0 … Saturday 6.
  return rule.daysOfWeek === undefined || rule.daysOfWeek.includes(date.weekday % 7);
}

function occurrenceOn(date: WallTime, rule: WindowRule, timezone: string): Occurrence {
  const startsAtMs = toInstantMs(date.toMillis() + startTimeMs(rule), timezone);
  if (lengthMode(rule) === 'elapsed') return { startsAtMs, endsAtMs: startsAtMs + rule.durationSeconds * 1_000 };
  // From the wall time the start really has: inside a spring gap it differs from the rule's.
  const wallEndMs = wallTimeAt(startsAtMs, timezone).toMillis() + rule.durationSeconds * 1_000;
  return { startsAtMs, endsAtMs: toInstantMs(wallEndMs, timezone) };
}

/** Since midnight. */
function startTimeMs({ startTime }: WindowRule): number {
  const [hour, minute] = startTime.split(':').map(Number) as [number, number];
  return (hour * 60 + minute) * msPerMinute;
}

/** Whole days follow the calendar, so that a daily 24-hour event has neither holes nor overlaps. */
function lengthMode(rule: WindowRule): 'elapsed' | 'calendar' {
  if (rule.durationMode !== undefined) return rule.durationMode;
  return rule.durationSeconds % secondsPerDay === 0 ? 'calendar' : 'elapsed';
}
