import type { GameScope, Json } from '../common/index.js';
import type { GrantedEntry } from '../grants/rewards.js';
import type { Operator } from '../identity/operators.js';
import { request } from '../messages/index.js';
import type { EventWarning } from './administration.js';

export type PreviewPayout = 'completion' | 'rank' | 'pool';

export interface EventPreviewRequest {
  /** Hypothetical final raw values; a metric left out is 0. */
  metrics: Record<string, number>;
  rank: number;
  participants: number;
  assumedWinners: number;
  playerContext: Json | null;
  seed: string | null;
  /** Edits that are not saved, instead of the saved statement; null = none. */
  draft: unknown;
}

export interface GrantPreview {
  kind: 'reward' | 'crate';
  entries: GrantedEntry[];
  payout: PreviewPayout;
}

/** 04 §5.5. */
export interface EventPreview {
  score: number;
  completed: boolean;
  grants: GrantPreview[];
  metricsRaw: Record<string, number>;
  metricsCapped: Record<string, number>;
  breakdown: { metricKey: string; value: number; contribution: number }[];
  milestonesFired: string[];
  warnings: EventWarning[];
  persisted: false;
}

/** Persists nothing. Errors: `not_found`, `invalid_metric`, `validation_failed` and `config_invalid` (draft). */
export const previewEvent = request<
  { game: GameScope; operator: Operator; event: string } & EventPreviewRequest,
  EventPreview
>('events', 'preview-event');
