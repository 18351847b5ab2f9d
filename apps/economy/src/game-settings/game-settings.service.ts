import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { gameChanged, type GameState, type InventoryManagement } from '@kraty/contracts/identity';
import type { Fact } from '@kraty/contracts/messages';
import { Clock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import { GameSettingsStore, type KeptSettings } from './game-settings.store.js';

/** Facts refresh entries at once; this bounds how long a lost one can mislead. */
const entryAgeMaxMs = 30_000;
/** Games one process keeps in memory. */
const gamesMax = 10_000;

/** What a game is before the economy has heard of it (07 §11). */
const unheard: KeptSettings = { inventoryManagement: 'platform', revision: 0 };

interface Entry {
  settings: KeptSettings;
  readAtMs: number;
}

/** The economy's copy of the settings it goes by. */
@Injectable()
export class GameSettingsService implements OnModuleInit, OnModuleDestroy {
  private readonly entries = new Map<string, Entry>();
  private stops: (() => void)[] = [];

  constructor(
    private readonly store: GameSettingsStore,
    private readonly messenger: Messenger,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.stops = [
      this.messenger.onFact(gameChanged, (fact) => this.keep(fact.payload.gameId, settingsOf(fact))),
      this.messenger.onReconnect(() => this.entries.clear()),
    ];
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }

  async inventoryManagementOf(gameId: string): Promise<InventoryManagement> {
    const known = this.entries.get(gameId);
    if (known && this.clock.nowMs() - known.readAtMs < entryAgeMaxMs) return known.settings.inventoryManagement;
    const settings = (await this.store.read(gameId)) ?? unheard;
    return this.keep(gameId, settings).inventoryManagement;
  }

  async apply(facts: readonly Fact<GameState>[]): Promise<void> {
    for (const fact of facts) {
      await this.store.save(fact.payload, settingsOf(fact));
      this.keep(fact.payload.gameId, settingsOf(fact));
    }
  }

  /** A fact may have come by before a slower read of the table ends: the newer of the two stays. */
  private keep(gameId: string, settings: KeptSettings): KeptSettings {
    const known = this.entries.get(gameId)?.settings;
    const newest = known && known.revision > settings.revision ? known : settings;
    if (this.entries.size >= gamesMax) this.entries.clear();
    this.entries.set(gameId, { settings: newest, readAtMs: this.clock.nowMs() });
    return newest;
  }
}

function settingsOf({ payload, revision }: Fact<GameState>): KeptSettings {
  return { inventoryManagement: payload.settings.inventoryManagement, revision };
}
