/** Bounds of an event's configuration (05 §§1, 2, 6, 7, 12). */
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
  contributesToMax: 16,
  milestonesMax: 32,
  validatorsMax: 16,
  capacityMin: 2,
  capacityMax: 500,
  capacityDefault: 50,
  /** Windows of one event that a document gives metadata of their own, and how far ahead they may begin: days. */
  windowOverridesMax: 1_000,
  windowOverrideDaysAheadMax: 366,
  /** Boards of one window and environment that players' own contexts may open, by their segments or cohorts (05 §6.1). */
  shardsOfContextMax: 1_000,
  /** Lines of currencies, and of items, that one start may take (08 §7). */
  costLinesMax: 10,
} as const;
