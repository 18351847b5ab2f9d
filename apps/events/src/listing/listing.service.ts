import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { EventListing } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { isAway } from '@kraty/platform/errors';
import { Logger } from '@kraty/platform/logging';
import { Database } from '@kraty/platform/persistence';
import { isOverdue, type AttemptState } from '../attempts/attempt.js';
import { AttemptsStore } from '../attempts/attempts.store.js';
import { Endings } from '../attempts/endings.service.js';
import { ContextsStore } from '../conditions/contexts.store.js';
import { isUnlocked, needsOfGates } from '../conditions/gates.js';
import { noNeeds } from '../conditions/player-facts.js';
import { PlayerFactsReader } from '../conditions/player-facts.service.js';
import { Definitions } from '../definitions/definitions.service.js';
import { Windows } from '../windows/windows.service.js';
import { WindowsStore, type CurrentWindowRow } from '../windows/windows.store.js';
import { BundlePreviews } from './bundle-previews.service.js';
import { listingOf, type ListedWindow } from './listing.js';
import { previewedBundles } from './reward-previews.js';

/** The events a player may play now (02 §2). */
@Injectable()
export class Listings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly definitions: Definitions,
    private readonly windows: Windows,
    private readonly windowsStore: WindowsStore,
    private readonly attempts: AttemptsStore,
    private readonly endings: Endings,
    private readonly contexts: ContextsStore,
    private readonly facts: PlayerFactsReader,
    private readonly previews: BundlePreviews,
    private readonly logger: Logger,
  ) {}

  async list(scope: Scope, playerId: string | null): Promise<EventListing[]> {
    const rows = await this.openWindows(scope);
    const windows = (await Promise.all(rows.map((row) => this.listed(row)))).filter((window) => window !== null);
    const bundles = new Set(windows.flatMap(({ pinned }) => previewedBundles(pinned)));
    const [unlocked, running, previews] = await Promise.all([
      this.unlocked(scope, playerId, windows),
      playerId === null ? [] : this.running(playerId, rows),
      this.previews.of(scope, [...bundles]),
    ]);
    const byWindow = new Map(running.map((attempt) => [attempt.eventWindowId, attempt.id]));
    return unlocked.map((window) => listingOf(window, byWindow.get(window.windowId) ?? null, previews));
  }

  /** Those whose unlock condition holds, by the player's last context (02 §2). Requirement and cost hide nothing. */
  private async unlocked(scope: Scope, playerId: string | null, windows: ListedWindow[]): Promise<ListedWindow[]> {
    const needs = noNeeds();
    const gated = windows.filter(({ pinned }) => pinned.unlockCondition !== null);
    if (gated.length === 0) return windows;
    for (const { pinned } of gated) needsOfGates({ ...pinned, entryRequirement: null }, needs);
    const context = playerId === null ? {} : await this.contexts.last(this.database, scope, playerId);
    const facts = await this.facts.of(scope, playerId, context, needs);
    return windows.filter(({ pinned }) => isUnlocked(pinned, facts));
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

  /** Null = its revision cannot be read: a fault in one event must not hide all others. */
  private async listed(row: CurrentWindowRow): Promise<ListedWindow | null> {
    const { eventId, eventKey, eventRevision } = row;
    try {
      const [pinned, latest] = await Promise.all([
        this.definitions.at(this.database, eventId, row.windowRevision ?? eventRevision),
        this.definitions.at(this.database, eventId, eventRevision),
      ]);
      return { ...row, pinned, latest };
    } catch (error) {
      if (isAway(error)) throw error;
      this.logger.error({ err: error, eventId, eventKey }, 'an event cannot be listed');
      return null;
    }
  }

  /** Attempts in progress; those whose time has passed are resolved by the way (05 §9.5). */
  private async running(playerId: string, rows: readonly CurrentWindowRow[]): Promise<AttemptState[]> {
    if (rows.length === 0) return [];
    const windowIds = rows.map(({ windowId }) => windowId);
    const now = this.clock.now();
    const nowMs = now.getTime();
    const attempts = await this.attempts.runningOf(this.database, playerId, windowIds, now);
    const overdue = attempts.filter((attempt) => isOverdue(attempt, nowMs));
    if (overdue.length > 0) await this.endings.timeOutEach(overdue);
    return attempts.filter((attempt) => !isOverdue(attempt, nowMs));
  }
}
