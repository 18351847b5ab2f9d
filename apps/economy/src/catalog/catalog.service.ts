import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { catalogChanged } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import type { Catalog } from './catalog.js';
import { CatalogStore } from './catalog.store.js';

/** Facts drop entries at once; this bounds how long a lost one can mislead. */
const entryAgeMaxMs = 30_000;
/** Games one process keeps in memory. */
const gamesMax = 1_000;

interface Entry {
  catalog: Promise<Catalog>;
  readAtMs: number;
}

/** Catalogs by game, kept in the process until they change (architecture §4). */
@Injectable()
export class CatalogService implements OnModuleInit, OnModuleDestroy {
  private readonly entries = new Map<string, Entry>();
  private stops: (() => void)[] = [];

  constructor(
    private readonly store: CatalogStore,
    private readonly messenger: Messenger,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.stops = [
      this.messenger.onFact(catalogChanged, (fact) => this.drop(fact.scope.gameId)),
      this.messenger.onReconnect(() => this.entries.clear()),
    ];
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }

  async read(gameId: string): Promise<Catalog> {
    const known = this.entries.get(gameId);
    if (known && this.clock.nowMs() - known.readAtMs < entryAgeMaxMs) return known.catalog;
    return this.load(gameId);
  }

  /** Whoever has changed a catalog drops it here as well, so that its own next read sees the change. */
  drop(gameId: string): void {
    this.entries.delete(gameId);
  }

  /** Callers that arrive while it is read share the reading; a failed one is forgotten. */
  private load(gameId: string): Promise<Catalog> {
    const entry: Entry = { catalog: this.store.read(gameId), readAtMs: this.clock.nowMs() };
    entry.catalog.catch(() => this.entries.get(gameId) === entry && this.entries.delete(gameId));
    if (this.entries.size >= gamesMax) this.forgetOldest();
    this.entries.set(gameId, entry);
    return entry.catalog;
  }

  private forgetOldest(): void {
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }
}
