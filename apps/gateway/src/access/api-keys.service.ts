import { Injectable, type OnModuleInit } from '@nestjs/common';
import { apiKeyChanged, gameChanged, resolveApiKey, touchApiKeys, type ApiKeyRecord } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import { RecordCache } from './record-cache.js';

/** A revoke arrives by a fact at once; this bounds the harm when the fact was missed. Milliseconds. */
const keepMs = 30_000;
const keepAbsentMs = 1_000;
const keysMax = 10_000;
const touchIntervalMs = 60_000;

/** API keys without a round trip: kept for a short time, dropped at once when one changes. */
@Injectable()
export class ApiKeys implements OnModuleInit {
  private readonly cache: RecordCache<ApiKeyRecord>;
  private readonly touchedAtMs = new Map<string, number>();
  private readonly changeListeners = new Set<(prefix: string | null) => void>();

  constructor(
    private readonly messenger: Messenger,
    private readonly clock: Clock,
  ) {
    this.cache = new RecordCache(
      async (prefix) => (await messenger.request(resolveApiKey, { prefix })).key,
      () => clock.nowMs(),
      { entriesMax: keysMax, keepMs, keepAbsentMs },
    );
  }

  onModuleInit(): void {
    this.messenger.onFact(apiKeyChanged, (fact) => this.changed(fact.payload.prefix));
    this.messenger.onFact(gameChanged, () => this.changed(null));
    this.messenger.onReconnect(() => this.changed(null));
  }

  /** The key with this prefix, or null when there is none that works. */
  find(prefix: string): ApiKeyRecord | null | Promise<ApiKeyRecord | null> {
    return this.cache.get(prefix);
  }

  /** True while the key has not passed its expiry date. */
  isAlive(key: ApiKeyRecord): boolean {
    return key.expiresAt === null || Date.parse(key.expiresAt) > this.clock.nowMs();
  }

  /** Tells identity, once a minute and key, that it is in use. Losing one is harmless. */
  touch(key: ApiKeyRecord): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - (this.touchedAtMs.get(key.id) ?? 0) < touchIntervalMs) return;
    if (this.touchedAtMs.size >= keysMax) this.touchedAtMs.clear();
    this.touchedAtMs.set(key.id, nowMs);
    this.messenger.request(touchApiKeys, { keyIds: [key.id] }).catch(() => this.touchedAtMs.delete(key.id));
  }

  /** Calls back with the prefix of a key that changed, or null when any may have. */
  onChange(listener: (prefix: string | null) => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  private changed(prefix: string | null): void {
    if (prefix === null) this.cache.clear();
    else this.cache.drop(prefix);
    for (const listener of this.changeListeners) listener(prefix);
  }
}
