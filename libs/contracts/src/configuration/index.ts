import type { Context, GameScope, Iso } from '../common/index.js';
import type { CurrencyConfiguration, ItemConfiguration, ItemTypeConfiguration } from '../economy/index.js';
import type { EventDocumentEntry } from '../events/index.js';
import type { Issue } from '../failures/index.js';
import type { RewardBundleConfiguration, RewardTableConfiguration } from '../grants/index.js';
import type { GameSettings } from '../identity/index.js';
import type { BotConfiguration, IdentityPoolConfiguration, LeaderboardConfiguration } from '../leaderboards/index.js';
import { request } from '../messages/index.js';

export * from './canonical.js';
export * from './document-body.js';
export * from './normal-form.js';

/** The whole configuration of a game as one document, objects named by key (04 §12). */
export interface GameConfigurationDocument {
  apiVersion: 'kraty/v1';
  kind: 'GameConfig';
  game: { slug: string };
  settings?: Partial<Omit<GameSettings, 'slug'>>;
  itemTypes?: ItemTypeConfiguration[];
  items?: ItemConfiguration[];
  currencies?: CurrencyConfiguration[];
  rewardBundles?: RewardBundleConfiguration[];
  rewardTables?: RewardTableConfiguration[];
  identityPools?: IdentityPoolConfiguration[];
  bots?: BotConfiguration[];
  leaderboards?: LeaderboardConfiguration[];
  events?: EventDocumentEntry[];
}

/** Sections that hold keyed objects, with the context that owns each; applied in this order. */
export const sectionOwners = {
  itemTypes: 'economy',
  items: 'economy',
  currencies: 'economy',
  rewardBundles: 'grants',
  rewardTables: 'grants',
  identityPools: 'leaderboards',
  bots: 'leaderboards',
  leaderboards: 'leaderboards',
  events: 'events',
} as const satisfies Record<string, Context>;

export type SectionName = keyof typeof sectionOwners;

/** Sections of 04 §12 that later features bring; a document that fills one is refused clearly until then. */
export const sectionsToCome = ['webhooks'] as const;

export interface Sections {
  itemTypes: ItemTypeConfiguration[];
  items: ItemConfiguration[];
  currencies: CurrencyConfiguration[];
  rewardBundles: RewardBundleConfiguration[];
  rewardTables: RewardTableConfiguration[];
  identityPools: IdentityPoolConfiguration[];
  bots: BotConfiguration[];
  leaderboards: LeaderboardConfiguration[];
  events: EventDocumentEntry[];
}

/** An object as a document names it. */
export interface Keyed {
  key: string;
}

/** An object that refers to another one, and the path in the configuration where it does. */
export interface Usage {
  section: string;
  key: string;
  path: string;
}

/** A game without any object. */
export function emptySections(): Sections {
  return Object.fromEntries(Object.keys(sectionOwners).map((section) => [section, []])) as unknown as Sections;
}

/** What is to change in the sections of one owner. */
export interface SectionChanges {
  upserts: Partial<Sections>;
  /** Keys to archive, a list a section. */
  archives: Partial<Record<SectionName, string[]>>;
}

export interface ConfigurationWarning {
  code: string;
  path: string;
  message: string;
  value?: unknown;
}

/** The owner's sections in canonical form: sorted by key, defaults left out, archived rows only if asked for. */
export interface ExportedSections {
  sections: Partial<Sections>;
  /** Keys that exist but are archived: naming one in a document brings it back. */
  archivedKeys: Partial<Record<SectionName, string[]>>;
  /**
   * By key of an event with a running window: when that began. Published events take metadata for windows from there
   * on, those without a running one from now on; what a document says of earlier windows has done its work.
   */
  runningWindows?: Record<string, Iso>;
}

/** Issue paths name objects by key, `items[torch].name`: an owner does not know the order of the document. */
export interface ProposedChanges {
  game: GameScope;
  changes: SectionChanges;
  /** The game as it would stand afterwards, for references between sections. */
  desired: Sections;
  /** Keys that would then be archived, for warnings that tell them from keys that never were. */
  archivedKeys?: ExportedSections['archivedKeys'];
}

export interface CheckConfiguration extends ProposedChanges {
  settings: GameSettings;
}

/**
 * Configuration is applied as a saga of identity (README §4): every owner checks, then prepares (durably, refusing
 * a second apply of the game meanwhile), and only when all have prepared does each commit. Before that point every
 * step is undone by abandon; after it the saga only rolls forward. Every verb is idempotent by `applyId`.
 */
export function configurationRoutes(context: 'economy' | 'grants' | 'leaderboards' | 'events') {
  return {
    export: request<{ game: GameScope }, ExportedSections>(context, 'export-configuration'),
    check: request<CheckConfiguration, { issues: Issue[]; warnings: ConfigurationWarning[] }>(
      context,
      'check-configuration',
    ),
    /** Errors: `config_invalid`, `conflict` (another apply is running). */
    prepare: request<CheckConfiguration & { applyId: string; actor: string }, Record<string, never>>(
      context,
      'prepare-configuration',
    ),
    /** Warns of what the clock has made impossible since it was prepared; only the first call knows of it. */
    commit: request<{ game: GameScope; applyId: string }, { warnings?: ConfigurationWarning[] }>(
      context,
      'commit-configuration',
    ),
    abandon: request<{ game: GameScope; applyId: string }, Record<string, never>>(context, 'abandon-configuration'),
  };
}
