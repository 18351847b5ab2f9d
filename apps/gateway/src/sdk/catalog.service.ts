import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { catalogChanged, readCatalog } from '@kraty/contracts/economy';
import { Clock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import { RecordCache } from '../access/record-cache.js';

const bounds = { entriesMax: 1_000, keepMs: 60_000, keepAbsentMs: 0 };

/** A catalog ready to be sent. */
export interface SerializedCatalog {
  etag: string;
  text: string;
}

/** Catalogs by game, serialized once, dropped at once when one changes. */
@Injectable()
export class Catalogs implements OnModuleInit {
  private readonly cache: RecordCache<SerializedCatalog>;

  constructor(
    private readonly messenger: Messenger,
    clock: Clock,
  ) {
    this.cache = new RecordCache(
      (key) => this.fetch(key),
      () => clock.nowMs(),
      bounds,
    );
  }

  onModuleInit(): void {
    this.messenger.onFact(catalogChanged, (fact) => this.cache.drop(cacheKey(fact.scope)));
    this.messenger.onReconnect(() => this.cache.clear());
  }

  async find(game: GameScope): Promise<SerializedCatalog> {
    return (await this.cache.get(cacheKey(game)))!;
  }

  private async fetch(key: string): Promise<SerializedCatalog> {
    const [studioId, gameId] = key.split(' ') as [string, string];
    const { etag, catalog } = await this.messenger.request(readCatalog, { game: { studioId, gameId } });
    return { etag, text: JSON.stringify({ data: catalog }) };
  }
}

function cacheKey(game: GameScope): string {
  return `${game.studioId} ${game.gameId}`;
}
