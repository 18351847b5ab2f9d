import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { EventListing } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { Outbox } from '@kraty/platform/facts';
import { Database } from '@kraty/platform/persistence';
import { isOverdue, type AttemptState } from '../attempts/attempt.js';
import { AttemptsStore } from '../attempts/attempts.store.js';
import { Endings } from '../attempts/endings.service.js';
import { Definitions } from '../definitions/definitions.service.js';
import { Windows } from '../windows/windows.service.js';
import { WindowsStore, type CurrentWindowRow } from '../windows/windows.store.js';
import { BundlePreviews } from './bundle-previews.service.js';
import { listingOf, previewedBundle, type ListedWindow } from './listing.js';

/** The events a player may play now (02 §2). */
@Injectable()
export class Listings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly definitions: Definitions,
    private readonly windows: Windows,
    private readonly windowsStore: WindowsStore,
    private readonly attempts: AttemptsStore,
    private readonly endings: Endings,
    private readonly previews: BundlePreviews,
  ) {}

  async list(scope: Scope, playerId: string | null): Promise<EventListing[]> {
    const rows = await this.openWindows(scope);
    const listed = await Promise.all(rows.map((row) => this.listed(row)));
    const bundles = listed.map(({ pinned }) => previewedBundle(pinned)).filter((key) => key !== null);
    const [running, previews] = await Promise.all([
      playerId === null ? [] : this.running(playerId, rows),
      this.previews.of(scope, [...new Set(bundles)]),
    ]);
    const byWindow = new Map(running.map((attempt) => [attempt.eventWindowId, attempt.id]));
    return listed.map((window) => listingOf(window, byWindow.get(window.windowId) ?? null, previews));
  }

  /** Open by the clock; what no worker has opened yet is opened now. */
  private async openWindows({ gameId, environment }: Scope): Promise<CurrentWindowRow[]> {
    const rows = await this.windowsStore.currentOfGame(this.database, gameId, environment, this.clock.now());
    const unopened = rows.filter(({ state }) => state === 'upcoming');
    if (unopened.length === 0) return rows;
    for (const { eventId } of unopened) await this.windows.ensure(eventId);
    const again = await this.windowsStore.currentOfGame(this.database, gameId, environment, this.clock.now());
    return again.filter(({ state }) => state === 'open');
  }

  private async listed(row: CurrentWindowRow): Promise<ListedWindow> {
    const [pinned, latest] = await Promise.all([
      this.definitions.at(this.database, row.eventId, row.windowRevision ?? row.eventRevision),
      this.definitions.at(this.database, row.eventId, row.eventRevision),
    ]);
    return { ...row, pinned, latest };
  }

  /** Attempts in progress; those whose time has passed are resolved by the way (05 §9.5). */
  private async running(playerId: string, rows: readonly CurrentWindowRow[]): Promise<AttemptState[]> {
    if (rows.length === 0) return [];
    const windowIds = rows.map(({ windowId }) => windowId);
    const attempts = await this.attempts.runningOf(this.database, playerId, windowIds);
    const nowMs = this.clock.nowMs();
    const overdue = attempts.filter((attempt) => isOverdue(attempt, nowMs));
    if (overdue.length > 0) await this.timeOut(overdue.map(({ id }) => id));
    return attempts.filter((attempt) => !isOverdue(attempt, nowMs));
  }

  private async timeOut(attemptIds: string[]): Promise<void> {
    const staged = await this.database.transaction(async (tx) => {
      const locked = await this.attempts.lock(tx, attemptIds);
      const nowMs = this.clock.nowMs();
      const overdue = locked.map(({ attempt }) => attempt).filter((attempt) => isOverdue(attempt, nowMs));
      return this.outbox.stage(tx, await this.endings.timeOut(tx, overdue, nowMs));
    });
    await this.outbox.carry(staged);
  }
}
