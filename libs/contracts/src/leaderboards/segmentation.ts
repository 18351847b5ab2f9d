/** How a board is split, or which board of a segmented event a player gets (06 §4.2). */
export type Segmentation = { type: 'none' } | SegmentationAxis | { type: 'combined'; axes: SegmentationAxis[] };

/** One axis of a segmentation; `combined` takes 2 … 3 of them. */
export type SegmentationAxis =
  | { type: 'context'; key: string; values?: string[]; fallback?: string }
  | { type: 'progression'; economyKey: string; divisions: { key: string; min: number }[] }
  | { type: 'country'; fallback?: string };

/** Promotion and relegation by final rank (06 §9). */
export interface Ladder {
  /** Progression that is moved. */
  itemKey: string;
  promote?: LadderSide | null;
  relegate?: LadderSide | null;
  /** A whole side replaced for one division; null disables it there. */
  perDivision?: Record<string, { promote?: LadderSide | null; relegate?: LadderSide | null }>;
}

export interface LadderSide {
  places: number;
  /** Default 1. */
  amount?: number;
}
