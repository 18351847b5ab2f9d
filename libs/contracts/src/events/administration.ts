import type { Environment, GameScope, Idempotency, Iso, Json, Localized, Scope } from '../common/index.js';
import type { AuditDifference } from '../identity/audit.js';
import type { Operator } from '../identity/operators.js';
import { request } from '../messages/index.js';
import type { Attempt } from './attempts.js';
import type { EventConfiguration } from './event-configuration.js';

export const eventStatuses = ['draft', 'scheduled', 'live', 'paused', 'finalized'] as const;
export type EventStatus = (typeof eventStatuses)[number];

export const windowStates = ['upcoming', 'open', 'closing', 'finalized', 'cancelled'] as const;
export type WindowState = (typeof windowStates)[number];

/** Days an override without a window is kept (04 §5.4). */
export const orphanDaysMax = 30;

/** What is saved but probably not meant (05 §1.2); paths begin at the event. */
export interface EventWarning {
  code: string;
  path: string;
  message: string;
  value?: unknown;
}

/** A shared window as operators see it (04 §5.1). */
export interface EventWindowView {
  id: string;
  index: number;
  startsAt: Iso;
  endsAt: Iso;
  state: WindowState;
  revision: number | null;
  finalizedAt: Iso | null;
  metadataOverride: Json;
  /** The baseline with the override on top, key by key. */
  effectiveMetadata: Json;
  /** Players and attempts of the asked environment. */
  participants: number;
  attempts: number;
  overrideUpdatedBy: string | null;
  overrideUpdatedAt: Iso | null;
}

export interface OrphanedOverride {
  id: string;
  startsAt: Iso;
  metadata: Json;
  orphanedAt: Iso;
}

/** What the server says of an event, beside what its configuration says (04 §5.1). */
export interface EventServerFields {
  id: string;
  status: EventStatus;
  /** Sent back as `If-Match`. */
  version: number;
  revision: number;
  currentWindow: EventWindowView | null;
  nextWindow: EventWindowView | null;
  warnings: EventWarning[];
  orphanedOverrides: OrphanedOverride[];
  archivedAt: Iso | null;
  publishedAt: Iso | null;
  createdAt: Iso;
  updatedAt: Iso;
  updatedBy: string | null;
}

/** Defaults are left out, as in a document. */
export type EventView = EventConfiguration & EventServerFields;

/** Without the bodies that make an event large. */
export type EventSummary = Pick<EventConfiguration, 'key' | 'name' | 'type'> & EventServerFields;

/** The gateway has authorized the operator; the owner puts on record what it does for them. */
export interface AdminWrite {
  game: GameScope;
  operator: Operator;
  /** Definitions exist once a game: their keys are kept under `live`. */
  idempotency: Idempotency | null;
}

interface OneEvent {
  /** Id or key. */
  event: string;
}

/** A change of a definition names the version it was made for. */
interface VersionedWrite extends AdminWrite, OneEvent {
  version: number;
}

export interface ListEventDefinitions {
  game: GameScope;
  /** Warnings look at what the operator may read of the game. */
  operator: Operator;
  environment: Environment;
  status: EventStatus | null;
  /** Part of key or name, in any case. */
  q: string | null;
  archived: boolean;
  summary: boolean;
  limit: number;
  cursor: string | null;
}

/** Newest first. Errors: `validation_failed` (cursor). */
export const listEventDefinitions = request<
  ListEventDefinitions,
  { events: (EventView | EventSummary)[]; nextCursor: string | null }
>('events', 'list-event-definitions');

/** Errors: `not_found`. */
export const readEventDefinition = request<
  { game: GameScope; operator: Operator; environment: Environment } & OneEvent,
  EventView
>('events', 'read-event-definition');

/** The body as it came. Errors: `validation_failed`, `config_invalid`, `conflict` (key_taken). */
export const createEventDefinition = request<AdminWrite & { body: unknown }, EventView>(
  'events',
  'create-event-definition',
);

/** What an edit would do to the windows to come (04 §5.2). */
export interface WindowsDifference {
  added: { startsAt: Iso; endsAt: Iso }[];
  /** The end moves; the start is a window's identity. */
  moved: { startsAt: Iso; endsAt: Iso }[];
  removed: { startsAt: Iso; hasOverride: boolean }[];
}

export interface EventDryRun {
  event: EventView;
  warnings: EventWarning[];
  windows: WindowsDifference;
}

/**
 * `replace` takes the body as the whole, `merge` field by field, where null takes a field back.
 * Errors: `not_found`, `validation_failed`, `config_invalid`, `version_conflict`, `conflict` (immutable_field,
 * event_finalized, key_taken, apply_running).
 */
export const updateEventDefinition = request<
  VersionedWrite & { mode: 'replace' | 'merge'; body: unknown; dryRun: boolean },
  EventView | EventDryRun
>('events', 'update-event-definition');

/** Errors: `not_found`, `validation_failed`, `conflict` (key_taken). */
export const duplicateEventDefinition = request<
  AdminWrite & OneEvent & { key: string; name: Localized | null },
  EventView
>('events', 'duplicate-event-definition');

/** Errors: `not_found`, `version_conflict`, `config_invalid` (publish), `conflict` with `{ from, to }`. */
export const transitionEventDefinition = request<
  VersionedWrite & { to: EventStatus; reason: string | null },
  EventView
>('events', 'transition-event-definition');

/** Errors: `not_found`, `version_conflict`, `conflict` with `{ from, to: "archived" }`. */
export const archiveEventDefinition = request<VersionedWrite, EventView>('events', 'archive-event-definition');

export interface EventRevisionSummary {
  revision: number;
  authorEmail: string | null;
  createdAt: Iso;
  /** Against the revision before; the first against nothing. */
  diff: AuditDifference[];
}

/** Newest first. */
export const listEventRevisions = request<
  { game: GameScope; limit: number; cursor: string | null } & OneEvent,
  { revisions: EventRevisionSummary[]; nextCursor: string | null }
>('events', 'list-event-revisions');

export const readEventRevision = request<
  { game: GameScope; revision: number } & OneEvent,
  EventRevisionSummary & { config: EventConfiguration }
>('events', 'read-event-revision');

export interface EventStatistics {
  participants: number;
  attempts: Record<Attempt['status'], number>;
  grants: number;
  flagged: number;
  rejected: number;
  /** Attempts whose raw value has reached a threshold: targets and milestones, by metric, ascending. */
  funnel: { metricKey: string; threshold: number; attempts: number }[];
}

/** Errors: `not_found` for event and window. */
export const readEventStatistics = request<{ scope: Scope; windowId: string | null } & OneEvent, EventStatistics>(
  'events',
  'read-event-statistics',
);

export interface ListEventWindows extends OneEvent {
  game: GameScope;
  environment: Environment;
  states: WindowState[];
  /** Windows that end after it. */
  from: Iso | null;
  /** Windows that start before it. */
  to: Iso | null;
  limit: number;
  cursor: string | null;
}

/** Ascending `startsAt`. */
export const listEventWindows = request<ListEventWindows, { windows: EventWindowView[]; nextCursor: string | null }>(
  'events',
  'list-event-windows',
);

interface OneWindow extends OneEvent {
  windowId: string;
}

/** `{}` takes the override back. Errors: `not_found`, `validation_failed`, `conflict` (window_closed). */
export const overrideWindow = request<AdminWrite & OneWindow & { metadata: Json }, EventWindowView>(
  'events',
  'override-window',
);

/** Errors: `not_found` (window, or none before it), `conflict` (window_closed). */
export const copyPreviousOverride = request<AdminWrite & OneWindow, EventWindowView>(
  'events',
  'copy-previous-override',
);

/** Errors: `not_found` (orphan or window), `conflict` (window_closed). */
export const attachOrphanedOverride = request<AdminWrite & OneWindow & { orphanId: string }, EventWindowView>(
  'events',
  'attach-orphaned-override',
);

export const discardOrphanedOverride = request<AdminWrite & OneEvent & { orphanId: string }, Record<string, never>>(
  'events',
  'discard-orphaned-override',
);

/** Errors: `not_found`, `conflict` (window_not_open). */
export const forceCloseWindow = request<AdminWrite & OneWindow & { reason: string }, EventWindowView>(
  'events',
  'force-close-window',
);
