import { Injectable } from '@nestjs/common';
import { nobodyId, type Scope } from '@kraty/contracts/common';
import type { ApiKeyRecord, PlayerRecord } from '@kraty/contracts/identity';
import { fail } from '@kraty/platform/errors';
import { GatewayConfiguration } from '../gateway.configuration.js';
import { externalPlayerIdOf, scopeOf, type FastifyReply, type FastifyRequest } from '../http/request-context.js';
import type { Allowance } from '../rate-limits/lease.js';
import { RateLimits } from '../rate-limits/rate-limits.service.js';
import { spend } from '../rate-limits/spend.js';
import type { RouteAccess } from './access.js';
import { challenge, invalidKey, matchesHash, presentedKey, type PresentedKey } from './api-key.js';
import { ApiKeys } from './api-keys.service.js';
import { externalPlayerId } from './external-id.js';
import { FailedChecks } from './failed-checks.service.js';
import { following } from './following.js';
import { Players } from './players.service.js';

/** How long a call waits for a running merge or erasure of its player, and how often it looks (01 §4.7). */
const lockWaitMs = 3_000;
const lockLookMs = 200;

/** Stands for a player the game does not know; nothing is ever kept under this id. */
const nobody: PlayerRecord = {
  playerId: nobodyId,
  externalPlayerId: '',
  secretHash: null,
  secretUsed: false,
  bannedAt: null,
  country: null,
  lockedBy: null,
};

/** Steps 2 to 8 of 01 §4, before the body is read: who calls, may they, and how often. */
@Injectable()
export class AccessHook {
  /** What a key may do that has no limits of its own. */
  private readonly keyLimits: Record<RouteAccess['bucket'], number>;

  constructor(
    private readonly keys: ApiKeys,
    private readonly players: Players,
    private readonly rateLimits: RateLimits,
    private readonly failedChecks: FailedChecks,
    private readonly configuration: GatewayConfiguration,
  ) {
    this.keyLimits = {
      sdk_read: configuration.rateLimitSdkRead,
      sdk_write: configuration.rateLimitSdkWrite,
      server_api: configuration.rateLimitServerApi,
    };
  }

  /**
   * Lets the request pass or throws the first check that fails; a promise only where somebody has to be asked.
   *
   * @throws unauthenticated, session_invalid, forbidden, rate_limited, validation_failed, player_secret_invalid,
   *   internal_error (player_locked), player_banned, not_found where no secrets are required
   */
  check(request: FastifyRequest, reply: FastifyReply, access: RouteAccess): void | Promise<void> {
    return following(this.checkKey(request, reply, access), (atKey) => {
      const { externalId } = request.params as { externalId?: string };
      if (externalId === undefined) return undefined;
      request.kraty.externalPlayerId = externalPlayerId(externalId, 'path.externalId');
      return access.player === 'secret' ? this.checkPlayer(request, reply, access, atKey) : undefined;
    });
  }

  /**
   * Steps 2 to 4: all that can be said of a request whose path names nothing.
   *
   * @returns what the key has left
   * @throws unauthenticated, session_invalid, forbidden, rate_limited
   */
  checkKey(
    request: FastifyRequest,
    reply: FastifyReply,
    access: Pick<RouteAccess, 'key' | 'bucket'>,
  ): Allowance | Promise<Allowance> {
    return following(this.authenticateKey(request), (key) => {
      if (key.permissionSet !== access.key) throw fail('forbidden', `this route needs a ${access.key} key`);
      request.kraty.key = key;
      request.kraty.scope = { studioId: key.studioId, gameId: key.gameId, environment: key.environment };
      return following(this.countKey(key, access.bucket), (atKey) => {
        spend(reply, access.bucket, atKey);
        return atKey;
      });
    });
  }

  private authenticateKey(request: FastifyRequest): ApiKeyRecord | Promise<ApiKeyRecord> {
    let presented: PresentedKey;
    try {
      presented = presentedKey(request.headers.authorization);
    } catch (failure) {
      return this.refuse(request, failure);
    }
    return following(this.keys.find(presented.prefix), (key) => {
      if (!key || !matchesHash(presented.secret, key.secretHash) || !this.keys.isAlive(key)) {
        return this.refuse(request, invalidKey());
      }
      this.keys.touch(key);
      return key;
    });
  }

  private checkPlayer(
    request: FastifyRequest,
    reply: FastifyReply,
    access: RouteAccess,
    atKey: Allowance,
  ): void | Promise<void> {
    const [scope, id] = [scopeOf(request), externalPlayerIdOf(request)];
    const found = this.configuration.requirePlayerSecret
      ? this.proven(request, reply, access, atKey)
      : this.players.find(scope, id);
    return following(found, (player) => {
      if (player === null) return admitUnknown(request, access);
      return following(player.lockedBy === null ? player : this.unlocked(scope, id), (unlocked) => {
        request.kraty.player = unlocked;
        this.players.touch(scope, player.playerId);
        if (access.gated) refuseBanned(unlocked);
      });
    });
  }

  /** Step 6. */
  private proven(
    request: FastifyRequest,
    reply: FastifyReply,
    access: RouteAccess,
    atKey: Allowance,
  ): PlayerRecord | Promise<PlayerRecord> {
    const header = request.headers['x-player-secret'];
    const secret = typeof header === 'string' ? header : '';
    const authenticated = this.players.authenticate(scopeOf(request), externalPlayerIdOf(request), secret);
    return following(authenticated, (player) => {
      if (!player) {
        const failure = fail('player_secret_invalid', 'X-Player-Secret does not fit this player', undefined, challenge);
        return this.refuse(request, failure);
      }
      const counted = this.rateLimits.take(
        `player:${player.playerId}:${access.bucket}`,
        this.configuration.rateLimitPlayer,
      );
      return following(counted, (atPlayer) => {
        spend(reply, access.bucket, tighter(atKey, atPlayer));
        return player;
      });
    });
  }

  private async unlocked(scope: Scope, id: string): Promise<PlayerRecord> {
    for (let waitedMs = 0; waitedMs < lockWaitMs; waitedMs += lockLookMs) {
      await new Promise((resolve) => setTimeout(resolve, lockLookMs));
      const player = await this.players.renew(scope, id);
      if (player?.lockedBy === null) return player;
    }
    const details = { reason: 'player_locked' };
    throw fail('internal_error', 'the player is being merged or erased; try again', details, {
      status: 503,
      headers: { 'retry-after': '1' },
    });
  }

  private countKey(key: ApiKeyRecord, bucket: RouteAccess['bucket']): Allowance | Promise<Allowance> {
    return this.rateLimits.take(`key:${key.id}:${bucket}`, key.rateLimits?.[bucket] ?? this.keyLimits[bucket]);
  }

  /** Counts what does not fit, and then says so. */
  private async refuse(request: FastifyRequest, failure: unknown): Promise<never> {
    throw await this.failedChecks.count(request, failure);
  }
}

/**
 * Where no secrets are required: a start makes the player, a read shows what nobody has, and what else a player writes
 * there is nothing of (01 §3).
 */
function admitUnknown(request: FastifyRequest, access: RouteAccess): void {
  if (access.firstContact) return;
  if (access.gated) throw fail('not_found', 'there is no such player', { resource: 'player' });
  request.kraty.player = { ...nobody, externalPlayerId: externalPlayerIdOf(request) };
}

function refuseBanned(player: PlayerRecord): void {
  if (player.bannedAt === null) return;
  throw fail('player_banned', 'the player is banned', { bannedAt: player.bannedAt });
}

/** The level with the least left speaks in the headers (01 §8); an unlimited one is silent. */
function tighter(a: Allowance, b: Allowance): Allowance {
  if (!b.allowed) return b;
  if (b.limit === 0) return a;
  return a.limit === 0 || b.remaining < a.remaining ? b : a;
}
