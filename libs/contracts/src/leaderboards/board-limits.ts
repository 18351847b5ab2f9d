/** Bounds of boards (06 §§3–4, §9). */
export const boardLimits = {
  divisionsMax: 32,
  axesMin: 2,
  axesMax: 3,
  /** Permitted values of a context segmentation. */
  segmentValuesMax: 256,
  /** Bindings of bots to one board. */
  bindingsMax: 64,
  /** A bucket's name, the joined ones of a combined segmentation too. */
  segmentCharactersMax: 128,
  /** Rows at one end of a ranking that a ladder moves. */
  ladderPlacesMax: 1_000_000,
  ladderDivisionsMax: 32,
  /** Blocks of one standings read. */
  segmentsPerReadMax: 100,
  segmentsPerReadDefault: 20,
  periodsPerReadMax: 100,
  periodsPerReadDefault: 20,
} as const;
