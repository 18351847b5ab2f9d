import type { Localized } from '../common/index.js';
import type { ScoreAggregation } from '../events/boards.js';
import type { BotBinding } from './bots.js';
import type { Ladder, Segmentation } from './segmentation.js';

export type ResetCadence = 'never' | 'weekly' | 'monthly';

/** A board of the game's own, fed by events, direct scores or a progression, as a document states it (06 §3). */
export interface LeaderboardConfiguration {
  key: string;
  name: Localized;
  /** Default `game`. */
  scope?: 'game' | 'studio';
  resetCadence: ResetCadence;
  /** Default `best`. */
  scoreAggregation?: ScoreAggregation;
  /** Default by score. */
  rankBy?: { type: 'score' } | { type: 'progression'; economyKey: string };
  segmentation?: Segmentation;
  /** Null or absent = the game's setting. */
  acceptClientScores?: boolean | null;
  progression?: Ladder | null;
  botBindings?: (BotBinding & { segments?: string[] })[];
}
