import { DateTime, IANAZone } from 'luxon';

/** Longer than any zone's offset change takes to show on both sides of it. */
const sideOfChangeMs = 24 * 3_600_000;
const msPerMinute = 60_000;
const msPerDay = 86_400_000;
/** Days of all zones whose offset is kept; thirty zones over a year. */
const keptDaysMax = 12_000;

/**
 * A wall-clock time without a zone. It is held as a Luxon time "as if in UTC",
 * so that dates can be added to it without any zone taking part.
 */
export type WallTime = DateTime<true>;

/** True for a name the IANA database knows; a bare offset like `+02:00` is no zone, it has no summer. */
export function isTimezone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);
}

/** The wall clock of a zone at an instant. */
export function wallTimeAt(instantMs: number, timezone: string): WallTime {
  return asInUtc(instantMs + offsetMs(instantMs, timezone));
}

/** `YYYY-MM-DD` as midnight of that date; null when there is no such date. */
export function wallDate(text: string): WallTime | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const date = DateTime.fromISO(text, { zone: 'utc' });
  return date.isValid ? date : null;
}

/**
 * Local time → instant (05 §2.3): a wall time that occurs twice is the first of the two,
 * one that a spring gap skips moves forward by the size of the gap. The wall time is given "as if in UTC".
 */
export function toInstantMs(asUtcMs: number, timezone: string): number {
  const offsetBefore = offsetMs(asUtcMs - sideOfChangeMs, timezone);
  const offsetAfter = offsetMs(asUtcMs + sideOfChangeMs, timezone);
  const earlier = asUtcMs - Math.max(offsetBefore, offsetAfter);
  const later = asUtcMs - Math.min(offsetBefore, offsetAfter);
  if (shows(earlier, asUtcMs, timezone)) return earlier;
  if (shows(later, asUtcMs, timezone)) return later;
  return asUtcMs - offsetBefore;
}

/**
 * The wall times that become this instant: what the clock shows, or the time in a spring gap that moves forward to it.
 * Both happen where a rule for 02:30 meets one for 03:30 on the night without 02:30.
 */
export function wallTimesBecoming(instantMs: number, timezone: string): WallTime[] {
  const aroundMs = 2 * sideOfChangeMs;
  const offsets = new Set([offsetMs(instantMs - aroundMs, timezone), offsetMs(instantMs + aroundMs, timezone)]);
  return [...offsets]
    .map((offset) => instantMs + offset)
    .filter((asUtcMs) => toInstantMs(asUtcMs, timezone) === instantMs)
    .map(asInUtc);
}

/** The first instant of the local date of `instantMs`, and of the date after it. */
export function localDay(instantMs: number, timezone: string): { startsAtMs: number; endsAtMs: number } {
  const midnight = wallTimeAt(instantMs, timezone).startOf('day');
  return {
    startsAtMs: toInstantMs(midnight.toMillis(), timezone),
    endsAtMs: toInstantMs(midnight.plus({ days: 1 }).toMillis(), timezone),
  };
}

function asInUtc(asUtcMs: number): WallTime {
  return DateTime.fromMillis(asUtcMs, { zone: 'utc' }) as WallTime;
}

function shows(instantMs: number, asUtcMs: number, timezone: string): boolean {
  return instantMs + offsetMs(instantMs, timezone) === asUtcMs;
}

/** No zone changes its clock twice a day, so a day that begins and ends with one offset has no other. */
function offsetMs(instantMs: number, timezone: string): number {
  const day = Math.floor(instantMs / msPerDay);
  const offset = offsetAtDay(day, timezone);
  return offset === offsetAtDay(day + 1, timezone) ? offset : lookedUp(instantMs, timezone);
}

const offsetsByDay = new Map<string, number>();

function offsetAtDay(day: number, timezone: string): number {
  const key = `${timezone}:${day}`;
  const known = offsetsByDay.get(key);
  if (known !== undefined) return known;
  if (offsetsByDay.size >= keptDaysMax) offsetsByDay.clear();
  const offset = lookedUp(day * msPerDay, timezone);
  offsetsByDay.set(key, offset);
  return offset;
}

/** Formats a date for each answer, which is why the answers of days are kept. */
function lookedUp(instantMs: number, timezone: string): number {
  return IANAZone.create(timezone).offset(instantMs) * msPerMinute;
}
