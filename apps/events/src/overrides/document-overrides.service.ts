import { Injectable } from '@nestjs/common';
import { configurationText, type WindowOverride } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import type { NewFact } from '@kraty/platform/facts';
import type { Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { Windows } from '../windows/windows.service.js';
import { DocumentOverridesStore, type OpenToOverride } from './document-overrides.store.js';

/** What a document's overrides have come to. */
export interface WrittenOverrides {
  facts: NewFact[];
  /** Their windows have gone since the document was checked. */
  late: WindowOverride[];
}

const nothing: WrittenOverrides = { facts: [], late: [] };

/** A document states all overrides of an event; windows it does not name fall back to the baseline (04 §12). */
@Injectable()
export class DocumentOverrides {
  constructor(
    private readonly clock: Clock,
    private readonly events: DefinitionsStore,
    private readonly windows: Windows,
    private readonly store: DocumentOverridesStore,
  ) {}

  /** The caller holds the event, and has written the rest of its statement. */
  async write(
    tx: Tx,
    eventId: string,
    stated: readonly WindowOverride[],
    author: string | null,
  ): Promise<WrittenOverrides> {
    const event = await this.events.one(tx, eventId);
    if (event === null || !hasWindowsOfItsOwn(event)) return { ...nothing, late: [...stated] };
    const wanted = new Map(stated.map((override) => [Date.parse(override.startsAt), override]));
    const facts = await this.windows.materializeAlso(tx, event, new Set(wanted.keys()));
    const rows = await this.store.lockOfEvent(tx, eventId);
    const changed = rows.flatMap((row) => changeOf(row, wanted.get(row.startsAt.getTime())));
    await this.store.write(tx, changed, { author, at: this.clock.now() });
    // A window beyond the horizon is there only for its override.
    const plain = changed.some(({ metadata }) => Object.keys(metadata).length === 0);
    if (plain) facts.push(...(await this.windows.materializeAlso(tx, event, new Set())));
    const present = new Set(rows.map(({ startsAt }) => startsAt.getTime()));
    return { facts, late: stated.filter(({ startsAt }) => !present.has(Date.parse(startsAt))) };
  }
}

/** The one window of an always-on event has no start that a document could name. */
function hasWindowsOfItsOwn({ configuration: { availability } }: EventRow): boolean {
  return availability !== undefined && availability.mode !== 'always_on';
}

function changeOf(row: OpenToOverride, wanted: WindowOverride | undefined): Pick<OpenToOverride, 'id' | 'metadata'>[] {
  const metadata = wanted?.metadata ?? {};
  const isChanged = configurationText(metadata) !== configurationText(row.metadata);
  return isChanged ? [{ id: row.id, metadata }] : [];
}
