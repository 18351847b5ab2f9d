import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { Database } from '@kraty/platform/persistence';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { NextStarts } from '../windows/next-starts.js';
import { Windows } from '../windows/windows.service.js';
import type { StartLook } from './start-look.js';

/** A window is open by the clock: when no worker has opened it yet, the request that needs it does (05 §2.1). */
@Injectable()
export class Openings {
  private readonly nextStarts = new NextStarts();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: DefinitionsStore,
    private readonly windows: Windows,
  ) {}

  /**
   * Opens what the look found shut; then another look is worth it. Somebody else may have opened it since the first one.
   *
   * @throws no_active_window when the rules and the clock say so, too
   */
  async open(eventKey: string, look: StartLook, looks: number): Promise<void> {
    const { eventId, windowId } = look;
    if (eventId === null) return;
    if (windowId !== null) return this.windows.ensure(eventId);
    if (looks > 1) throw await this.noWindow(eventKey, eventId, look);
    if (await this.windows.isBehindNow(eventId)) await this.windows.ensure(eventId);
  }

  private async noWindow(eventKey: string, eventId: string, { status, eventRevision }: StartLook) {
    const revision = await this.events.revision(this.database, eventId, eventRevision);
    const availability = status === 'finalized' ? undefined : revision?.availability;
    const statement = `${eventId}:${eventRevision}`;
    const next = availability && this.nextStarts.after(this.clock.nowMs(), statement, availability);
    const nextStartsAt = next == null ? null : new Date(next).toISOString();
    return fail('no_active_window', `the event '${eventKey}' has no open window now`, { eventKey, nextStartsAt });
  }
}
