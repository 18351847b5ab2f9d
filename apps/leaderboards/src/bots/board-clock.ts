/** Steps of a bot on one board at most. */
const stepsMax = 8_640;
/** What defaults go by on a board that never ends, seconds (10 §6.1). */
const endlessSeconds = 30 * 86_400;

/** Time of a board as its bots see it (10 §6.1). */
export interface BoardClock {
  startMs: number;
  /** Null: the board never ends. */
  endMs: number | null;
  /** Length of the board, seconds. */
  lengthSeconds: number;
  /** A bot's score by time changes only every so many seconds. */
  gridSeconds: number;
}

export function boardClock(startMs: number, endMs: number | null): BoardClock {
  const lengthSeconds = endMs === null ? endlessSeconds : Math.max(0, (endMs - startMs) / 1_000);
  return { startMs, endMs, lengthSeconds, gridSeconds: Math.max(1, Math.ceil(lengthSeconds / stepsMax)) };
}

/** The step that has begun at an instant; 0 before the start, the last one after the end. */
export function stepAt({ startMs, endMs, gridSeconds }: BoardClock, nowMs: number): number {
  const untilMs = endMs === null ? nowMs : Math.min(nowMs, endMs);
  return Math.max(0, Math.floor((untilMs - startMs) / 1_000 / gridSeconds));
}

/** Seconds since the start of a board, of an instant that lies within it. */
export function secondsAt({ startMs, endMs }: BoardClock, nowMs: number): number {
  const untilMs = endMs === null ? nowMs : Math.min(nowMs, endMs);
  return Math.max(0, (untilMs - startMs) / 1_000);
}
