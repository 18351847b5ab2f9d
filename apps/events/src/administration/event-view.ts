import type { Json } from '@kraty/contracts/common';
import type {
  EventConfiguration,
  EventStatus,
  EventSummary,
  EventView,
  EventWarning,
  EventWindowView,
  WindowState,
} from '@kraty/contracts/events';
import { eventWarnings } from '../definitions/event-warnings.js';
import type { References } from '../definitions/references.js';

/** An event, as far as operators are shown it. */
export interface ShownEvent {
  id: string;
  status: EventStatus;
  version: number;
  revision: number;
  configuration: EventConfiguration;
  archivedAt: Date | null;
  publishedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  /** Email of the operator, or null = the clock. */
  updatedBy: string | null;
}

/** A shared window with what operators are shown beside its times. */
export interface WindowViewRow {
  id: string;
  eventId: string;
  index: number;
  startsAt: Date;
  endsAt: Date;
  state: WindowState;
  revision: number | null;
  finalizedAt: Date | null;
  metadataOverride: Json;
  overrideUpdatedBy: string | null;
  overrideUpdatedAt: Date | null;
}

/** What people did in windows, by window; where nobody did anything there is nothing. */
export type WindowCounts = ReadonlyMap<string, Pick<EventWindowView, 'participants' | 'attempts'>>;

const nothingDone = { participants: 0, attempts: 0 };

/** An override whose window is gone. */
export interface OrphanView {
  id: string;
  startsAt: Date;
  metadata: Json;
  orphanedAt: Date;
}

/** What an event's rows come to for an operator. */
export interface EventParts {
  event: ShownEvent;
  /** The current and the next one. */
  windows: readonly WindowViewRow[];
  orphans: readonly OrphanView[];
  warnings: EventWarning[];
  counts: WindowCounts;
}

export function eventView({ event, windows, orphans, warnings, counts }: EventParts): EventView {
  const { metadata = {} } = event.configuration;
  const viewOf = (row: WindowViewRow | undefined) => (row === undefined ? null : windowView(row, metadata, counts));
  return {
    ...event.configuration,
    id: event.id,
    status: event.status,
    version: event.version,
    revision: event.revision,
    currentWindow: viewOf(windows.find(({ state }) => state !== 'upcoming')),
    nextWindow: viewOf(windows.find(({ state }) => state === 'upcoming')),
    warnings,
    orphanedOverrides: orphans.map(({ id, startsAt, metadata: orphaned, orphanedAt }) => ({
      id,
      startsAt: startsAt.toISOString(),
      metadata: orphaned,
      orphanedAt: orphanedAt.toISOString(),
    })),
    archivedAt: iso(event.archivedAt),
    publishedAt: iso(event.publishedAt),
    createdAt: event.createdAt.toISOString(),
    updatedAt: event.updatedAt.toISOString(),
    updatedBy: event.updatedBy,
  };
}

/** Without the bodies that make an event large. */
export function summaryOf(view: EventView): EventSummary {
  const { key, name, type } = view;
  const { id, status, version, revision, currentWindow, nextWindow, warnings, orphanedOverrides } = view;
  const { archivedAt, publishedAt, createdAt, updatedAt, updatedBy } = view;
  return {
    key,
    name,
    type,
    ...{ id, status, version, revision, currentWindow, nextWindow, warnings, orphanedOverrides },
    ...{ archivedAt, publishedAt, createdAt, updatedAt, updatedBy },
  };
}

/** `metadata` is the baseline of the newest revision, which also open windows show (05 §16). */
export function windowView(row: WindowViewRow, metadata: Json, counts: WindowCounts): EventWindowView {
  const { id, index, state, revision, metadataOverride, overrideUpdatedBy } = row;
  return {
    id,
    index,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    state,
    revision,
    finalizedAt: iso(row.finalizedAt),
    metadataOverride,
    effectiveMetadata: { ...metadata, ...metadataOverride },
    ...(counts.get(id) ?? nothingDone),
    overrideUpdatedBy,
    overrideUpdatedAt: iso(row.overrideUpdatedAt),
  };
}

/** Recomputed on each read; nothing while the references are not known, and of what is over. */
export function warningsOf(event: ShownEvent, references: References | null, nowMs: number): EventWarning[] {
  if (references === null || event.status === 'finalized' || event.archivedAt !== null) return [];
  const found = eventWarnings(event.configuration, references, nowMs, '');
  return found.map((warning) => ({ ...warning, path: warning.path.replace(/^\./, '') }));
}

function iso(instant: Date | null): string | null {
  return instant === null ? null : instant.toISOString();
}
