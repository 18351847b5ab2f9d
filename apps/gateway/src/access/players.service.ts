import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import {
  markSecretUsed,
  playerAccessChanged,
  playerChanged,
  resolvePlayer,
  touchPlayers,
  type PlayerRecord,
} from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { Messenger } from '@kraty/platform/messaging';
import { matchesHash } from './api-key.js';
import { following } from './following.js';
import { RecordCache } from './record-cache.js';

/** Changes of access arrive by a fact at once; this bounds the harm when the fact was missed. Milliseconds. */
const keepMs = 60_000;
const keepAbsentMs = 1_000;
const playersMax = 200_000;
/** A secret that does not fit is compared with a fresh record, but not more often than this. Milliseconds. */
const renewAfterMs = 500;
const touchIntervalMs = 60_000;
/** Players sent in one touch, and how long they gather. */
const touchBatchMax = 1_000;
const touchGatherMs = 2_000;
/** Compared with when there is no player, so that the work done is the same (01 §3). */
const nobodyHash = '0'.repeat(64);

/** Players without a round trip: kept for a short time, dropped at once when their access changes. */
@Injectable()
export class Players implements OnModuleInit {
  private readonly cache: RecordCache<PlayerRecord>;
  private readonly touchedAtMs = new Map<string, number>();
  private touches: { scope: Scope; playerId: string; seenAt: string }[] = [];
  private touchTimer: NodeJS.Timeout | null = null;

  constructor(
    private readonly messenger: Messenger,
    private readonly clock: Clock,
  ) {
    this.cache = new RecordCache(
      async (key) => (await messenger.request(resolvePlayer, fromCacheKey(key))).player,
      () => clock.nowMs(),
      { entriesMax: playersMax, keepMs, keepAbsentMs },
    );
  }

  onModuleInit(): void {
    const drop = (fact: { scope: Partial<Scope>; payload: { externalPlayerId: string } }) =>
      this.cache.drop(cacheKey(fact.scope as Scope, fact.payload.externalPlayerId));
    this.messenger.onFact(playerAccessChanged, drop);
    this.messenger.onFact(playerChanged, drop);
    this.messenger.onReconnect(() => this.cache.clear());
  }

  /** The player with this external id, or null. */
  find(scope: Scope, externalPlayerId: string): PlayerRecord | null | Promise<PlayerRecord | null> {
    return this.cache.get(cacheKey(scope, externalPlayerId));
  }

  /** Forgets a player this process has just changed itself. */
  forget(scope: Scope, externalPlayerId: string): void {
    this.cache.drop(cacheKey(scope, externalPlayerId));
  }

  /** The player whose secret this is; null for everything that does not fit, whatever the reason. */
  authenticate(
    scope: Scope,
    externalPlayerId: string,
    secret: string,
  ): PlayerRecord | null | Promise<PlayerRecord | null> {
    const key = cacheKey(scope, externalPlayerId);
    return following(this.cache.get(key), (record) => {
      if (matchesHash(secret, record?.secretHash ?? nobodyHash)) return this.used(scope, record!);
      return this.authenticateRenewed(scope, key, secret, record);
    });
  }

  /** The player as identity has it now; for one that was locked when it was kept. */
  renew(scope: Scope, externalPlayerId: string): Promise<PlayerRecord | null> {
    return this.cache.renew(cacheKey(scope, externalPlayerId), 0);
  }

  /** Tells identity, at most once a minute and player, that the player was seen (12 §5). Losing one is harmless. */
  touch(scope: Scope, playerId: string): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - (this.touchedAtMs.get(playerId) ?? 0) < touchIntervalMs) return;
    if (this.touchedAtMs.size >= playersMax) this.touchedAtMs.clear();
    this.touchedAtMs.set(playerId, nowMs);
    this.touches.push({ scope, playerId, seenAt: new Date(nowMs).toISOString() });
    if (this.touches.length >= touchBatchMax) return this.sendTouches();
    this.touchTimer ??= setTimeout(() => this.sendTouches(), touchGatherMs).unref();
  }

  private sendTouches(): void {
    if (this.touchTimer) clearTimeout(this.touchTimer);
    this.touchTimer = null;
    const players = this.touches;
    this.touches = [];
    if (players.length === 0) return;
    this.messenger.request(touchPlayers, { players }).catch(() => {
      for (const { playerId } of players) this.touchedAtMs.delete(playerId);
    });
  }

  /** The secret may be younger than the record that was kept. */
  private async authenticateRenewed(
    scope: Scope,
    key: string,
    secret: string,
    kept: PlayerRecord | null,
  ): Promise<PlayerRecord | null> {
    const renewed = await this.cache.renew(key, renewAfterMs);
    if (renewed === kept || !matchesHash(secret, renewed?.secretHash ?? nobodyHash)) return null;
    return this.used(scope, renewed!);
  }

  /** The first use of a secret is recorded before it counts, so that no replayed registration can kill it (02 §9). */
  private used(scope: Scope, record: PlayerRecord): PlayerRecord | Promise<PlayerRecord> {
    return record.secretUsed ? record : this.markUsed(scope, record);
  }

  private async markUsed(scope: Scope, record: PlayerRecord): Promise<PlayerRecord> {
    const { playerId, secretHash } = record;
    await this.messenger.request(markSecretUsed, { scope, playerId, secretHash: secretHash! });
    record.secretUsed = true;
    return record;
  }
}

function cacheKey(scope: Scope, externalPlayerId: string): string {
  return `${scope.studioId} ${scope.gameId} ${scope.environment} ${externalPlayerId}`;
}

function fromCacheKey(key: string): { scope: Scope; externalPlayerId: string } {
  const [studioId, gameId, environment, ...rest] = key.split(' ') as [
    string,
    string,
    Scope['environment'],
    ...string[],
  ];
  return { scope: { studioId, gameId, environment }, externalPlayerId: rest.join(' ') };
}
