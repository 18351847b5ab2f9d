import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { configurationRoutes } from '@kraty/contracts/configuration';
import { catalogChanged } from '@kraty/contracts/economy';
import type { GrantedEntry } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { busy } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { catalogOf, firstUnknown, type CrateConfiguration, type RewardCatalog } from './reward-catalog.js';

const economy = configurationRoutes('economy');
/** Facts drop entries at once; this bounds how long a lost one can mislead. */
const entryAgeMaxMs = 30_000;
const gamesMax = 1_000;
/** Patience with one question, and how long nobody asks again after a question in vain. */
const deadlineMs = 2_000;
const pauseMs = 1_000;

interface Entry {
  catalog: RewardCatalog;
  readAtMs: number;
}

/** The economy's catalog as far as rewards need it. */
@Injectable()
export class CatalogService implements OnModuleInit, OnModuleDestroy {
  private readonly entries = new Map<string, Entry>();
  private stops: (() => void)[] = [];
  private awayUntilMs = 0;
  /** How often entries have been dropped. */
  private drops = 0;

  constructor(
    private readonly messenger: Messenger,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.stops = [
      this.messenger.onFact(catalogChanged, ({ scope }) => this.drop(scope.gameId)),
      this.messenger.onReconnect(() => this.drop()),
    ];
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }

  /** @throws 503 while the economy is away */
  async read(game: GameScope): Promise<RewardCatalog> {
    const known = this.entries.get(game.gameId);
    if (known && this.clock.nowMs() - known.readAtMs < entryAgeMaxMs) return known.catalog;
    return this.readAnew(game);
  }

  private drop(gameId?: string): void {
    this.drops += 1;
    if (gameId === undefined) this.entries.clear();
    else this.entries.delete(gameId);
  }

  private async readAnew(game: GameScope): Promise<RewardCatalog> {
    const dropsBefore = this.drops;
    const catalog = await this.ask(game);
    // It may have changed while the answer was under way, and nothing would drop it then.
    if (this.drops !== dropsBefore) return catalog;
    if (this.entries.size >= gamesMax) this.entries.clear();
    this.entries.set(game.gameId, { catalog, readAtMs: this.clock.nowMs() });
    return catalog;
  }

  /**
   * The first entry that cannot be given. A key this process does not know may have come a moment ago, and the fact
   * that tells it may be on its way still: it looks again before it says so.
   *
   * @throws 503 while the economy is away
   */
  async firstUnknown(
    game: GameScope,
    entries: readonly GrantedEntry[],
  ): Promise<{ index: number; key: string } | null> {
    if (!firstUnknown(entries, await this.read(game))) return null;
    return firstUnknown(entries, await this.readAnew(game));
  }

  /**
   * What opening a crate rolls; null when the item is archived, unknown or no crate.
   *
   * @throws 503 while the economy is away
   */
  async crate(game: GameScope, key: string): Promise<CrateConfiguration | null> {
    const known = (await this.read(game)).crates.get(key);
    return known ?? (await this.readAnew(game)).crates.get(key) ?? null;
  }

  /** A batch of payouts must not wait out one deadline after the other. */
  private async ask({ studioId, gameId }: GameScope): Promise<RewardCatalog> {
    if (performance.now() < this.awayUntilMs) throw busy();
    try {
      const { sections } = await this.messenger.request(economy.export, { game: { studioId, gameId } }, { deadlineMs });
      return catalogOf(sections);
    } catch (error) {
      this.awayUntilMs = performance.now() + pauseMs;
      throw error;
    }
  }
}
