/** Bounds of an event's configuration (05 §§1, 2, 7). */
export const eventLimits = {
  metricsMax: 32,
  windowRulesMax: 32,
  durationSecondsMin: 60,
  durationSecondsMax: 31_622_400,
  scheduleAheadDaysMax: 365,
  /** The lookahead of an event that names none. */
  scheduleAheadDaysDefault: 7,
  attemptsMax: 1_000,
  timezoneCharactersMax: 64,
} as const;
