import type { GameScope, Idempotency, Iso } from '../common/index.js';
import type { ConfigurationWarning } from '../configuration/index.js';
import type { Operator } from '../identity/operators.js';
import { request } from '../messages/index.js';
import type { BotProblem } from './bot-problems.js';
import type { BotConfiguration, IdentityPoolConfiguration } from './bots.js';
import type { LeaderboardConfiguration } from './configured-boards.js';

/** Sections of the configuration whose objects this context keeps one by one, too (04 §6). */
export const configuredSections = ['leaderboards', 'bots', 'identityPools'] as const;
export type ConfiguredSection = (typeof configuredSections)[number];

interface ConfiguredState {
  id: string;
  /** For `If-Match`. */
  version: number;
  archivedAt: Iso | null;
}

/** `pendingFrom`: when a change of cadence, aggregation or segmentation acts; null = all of it acts already. */
export type LeaderboardView = LeaderboardConfiguration & ConfiguredState & { pendingFrom: Iso | null };
export type BotView = BotConfiguration &
  ConfiguredState & { validation: { status: 'valid' | 'invalid'; problems: BotProblem[] } };
export type IdentityPoolView = IdentityPoolConfiguration & ConfiguredState;
export type ConfiguredObject = LeaderboardView | BotView | IdentityPoolView;

/** Sorted by key. */
export const listConfigured = request<
  { game: GameScope; section: ConfiguredSection; archived: boolean; afterKey: string | null; limit: number },
  { objects: ConfiguredObject[]; nextKey: string | null }
>('leaderboards', 'list-configured');

/** By key, or by id. Errors: `not_found`. */
export const readConfigured = request<{ game: GameScope; section: ConfiguredSection; id: string }, ConfiguredObject>(
  'leaderboards',
  'read-configured',
);

export interface SaveConfigured {
  operator: Operator;
  game: GameScope;
  section: ConfiguredSection;
  /** Null creates (201). */
  id: string | null;
  ifVersion: number | null;
  /** As it was sent; its shape is checked here. With `merge` fields that are left out stay. */
  body: unknown;
  merge: boolean;
  idempotency: Idempotency | null;
}

/**
 * Errors: `validation_failed`, `config_invalid`, `conflict` (key_taken, key_immutable, board_has_scores, apply_running),
 * `version_conflict`, `not_found`.
 */
export const saveConfigured = request<SaveConfigured, ConfiguredObject>('leaderboards', 'save-configured');

export interface ArchiveConfigured {
  operator: Operator;
  game: GameScope;
  section: ConfiguredSection;
  id: string;
  ifVersion: number;
  idempotency: Idempotency | null;
}

/** Errors: `version_conflict`, `not_found`, `conflict` (apply_running). */
export const archiveConfigured = request<ArchiveConfigured, ConfiguredObject>('leaderboards', 'archive-configured');

export interface ImportedIdentities {
  added: number;
  /** Entries whose name the pool has already, or that say the same name twice. */
  skipped: number;
  /** What was left out; entries are counted from 1, without a heading. At most 100 are told. */
  problems: { entry: number; message: string }[];
}

/**
 * Adds names to a pool: `{ csv }` with `name,avatar,country`, or `{ entries }`. What cannot stand is told and left out.
 * Errors: `validation_failed`, `not_found`, `conflict` (apply_running), `version_conflict`.
 */
export const importIdentities = request<
  { operator: Operator; game: GameScope; id: string; body: unknown },
  ImportedIdentities
>('leaderboards', 'import-identities');

/** Judges a bot without saving it. Errors: `validation_failed`. */
export const validateBot = request<
  { body: unknown },
  { status: 'valid' | 'invalid'; problems: BotProblem[]; warnings: ConfigurationWarning[] }
>('leaderboards', 'validate-bot');

/** 04 §6.1. Errors: `validation_failed`, `not_found`, `config_invalid` (the bot is not valid). */
export const simulateBot = request<{ game: GameScope; body: unknown }, BotSimulation>('leaderboards', 'simulate-bot');

export interface BotSimulation {
  gridSeconds: number;
  series: { seed: string; slot: number; points: { t: number; score: number; state: string }[] }[];
  /** Of all series. */
  envelope: { t: number; min: number; p50: number; max: number }[];
  transitions: { seed: string; slot: number; t: number; from: string; to: string }[];
  warnings: ConfigurationWarning[];
}
