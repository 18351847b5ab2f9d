import type { Localized } from '../common/index.js';

/** Bots of one definition that a board is filled with (10 §2). Bots and pools are named by key inside and in documents. */
export interface BotBinding {
  botKey: string;
  /** 1 … 200; at most 500 a board. */
  count: number;
  identityPoolKey?: string | null;
}

export const botBlocks = [
  'idle',
  'wait',
  'progress_linear',
  'progress_burst',
  'track_position',
  'match_player_pace',
  'complete_at',
  'complete',
  'quit',
  'random_step_with_fall',
] as const;

export type BotBlock = (typeof botBlocks)[number];

export interface BotStep {
  block: BotBlock;
  params?: Record<string, number>;
}

export interface BotState extends BotStep {
  transitions?: { when: { expr: string }; to: string }[];
}

/** What a bot does (10 §4). */
export type BotBehavior = { startScore?: number } & (
  | ({ type: 'single' } & BotStep)
  | { type: 'sequence'; steps: BotStep[] }
  | { type: 'state_machine'; initial: string; states: Record<string, BotState> }
);

/** A bot as a configuration document states it (10 §1). */
export interface BotConfiguration {
  key: string;
  name: Localized;
  description?: string;
  tags?: string[];
  behavior: BotBehavior;
  identityPoolKey?: string | null;
}

/** Invented names that bot rows carry (10 §3.1). */
export interface IdentityPoolConfiguration {
  key: string;
  name: Localized;
  /** 1 … 10 000, names unique. */
  entries: { name: string; avatar?: string | null; country?: string }[];
}
