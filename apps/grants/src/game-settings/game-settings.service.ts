import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { gameChanged, type GameState } from '@kraty/contracts/identity';
import type { Fact } from '@kraty/contracts/messages';
import { Clock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import { RollSecretsService } from '../roll-secrets/roll-secrets.service.js';
import { GameSettingsStore, type KeptSettings } from './game-settings.store.js';

/** Facts refresh entries at once; this bounds how long a lost one can mislead. */
const entryAgeMaxMs = 30_000;
/** Games one process keeps in memory. */
const gamesMax = 10_000;

/** What a game is before the grants have heard of it (07 §11). */
const unheard: KeptSettings = { inventoryManagement: 'platform', grantDefaultTtlDays: null, revision: 0 };

interface Entry {
  settings: KeptSettings;
  readAtMs: number;
}

/** The copy of the game settings that grants go by. */
@Injectable()
export class GameSettingsService implements OnModuleInit, OnModuleDestroy {
  private readonly entries = new Map<string, Entry>();
  private stops: (() => void)[] = [];

  constructor(
    private readonly store: GameSettingsStore,
    private readonly rollSecrets: RollSecretsService,
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

  async read(gameId: string): Promise<KeptSettings> {
    const known = this.entries.get(gameId);
    if (known && this.clock.nowMs() - known.readAtMs < entryAgeMaxMs) return known.settings;
    return this.keep(gameId, (await this.store.read(gameId)) ?? unheard);
  }

  /** A new game gets its roll secret here, so that its first payout need not wait for one. */
  async apply(facts: readonly Fact<GameState>[]): Promise<void> {
    for (const fact of facts) {
      await this.store.save(fact.payload, settingsOf(fact));
      this.keep(fact.payload.gameId, settingsOf(fact));
      await this.rollSecrets.secretOf(fact.payload);
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
  const { inventoryManagement, grantDefaultTtlDays } = payload.settings;
  return { inventoryManagement, grantDefaultTtlDays, revision };
}
