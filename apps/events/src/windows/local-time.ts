import { DateTime, IANAZone } from 'luxon';

/** Longer than any zone's offset change takes to show on both sides of it. */
const sideOfChangeMs = 24 * 3_600_000;
const msPerMinute = 60_000;

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
  return DateTime.fromMillis(instantMs + offsetMs(instantMs, timezone), { zone: 'utc' }) as WallTime;
}

/** `YYYY-MM-DD` as midnight of that date; null when there is no such date. */
export function wallDate(text: string): WallTime | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const date = DateTime.fromISO(text, { zone: 'utc' });
  return date.isValid ? date : null;
}

/**
 * Local time → instant (05 §2.3): a wall time that occurs twice is the first of the two,
 * one that a spring gap skips moves forward by the size of the gap.
 */
export function toInstantMs(wall: WallTime, timezone: string): number {
  const asUtcMs = wall.toMillis();
  const offsetBefore = offsetMs(asUtcMs - sideOfChangeMs, timezone);
  const offsetAfter = offsetMs(asUtcMs + sideOfChangeMs, timezone);
  const earlier = asUtcMs - Math.max(offsetBefore, offsetAfter);
  const later = asUtcMs - Math.min(offsetBefore, offsetAfter);
  if (shows(earlier, asUtcMs, timezone)) return earlier;
  if (shows(later, asUtcMs, timezone)) return later;
  return asUtcMs - offsetBefore;
}

/** The first instant of the local date of `instantMs`, and of the date after it. */
export function localDay(instantMs: number, timezone: string): { startsAtMs: number; endsAtMs: number } {
  const midnight = wallTimeAt(instantMs, timezone).startOf('day');
  return {
    startsAtMs: toInstantMs(midnight, timezone),
    endsAtMs: toInstantMs(midnight.plus({ days: 1 }), timezone),
  };
}

function shows(instantMs: number, asUtcMs: number, timezone: string): boolean {
  return instantMs + offsetMs(instantMs, timezone) === asUtcMs;
}

function offsetMs(instantMs: number, timezone: string): number {
  return IANAZone.create(timezone).offset(instantMs) * msPerMinute;
}
