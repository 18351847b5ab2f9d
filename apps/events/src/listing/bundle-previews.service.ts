import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { previewBundles, rewardsChanged, type BundlePreview } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { Messenger } from '@kraty/platform/messaging';
import type { Previews } from './reward-previews.js';

const gamesMax = 1_000;
/** A dropped broadcast must not keep an old preview for long. */
const freshForMs = 60_000;
const keysARequestMax = 200;
/** A listing must not hang because previews do. */
const deadlineMs = 1_000;
/** While grants are away, listings neither wait for them nor ask again and again. */
const pauseAfterFailureMs = 2_000;

interface Kept {
  bundles: Map<string, BundlePreview | null>;
  askedAtMs: number;
  /** Grants did not answer: not asked again before then. */
  pausedUntilMs: number;
}

/** Previews of reward bundles, kept per game and dropped when grants say that rewards changed. */
@Injectable()
export class BundlePreviews implements OnApplicationBootstrap {
  private readonly games = new Map<string, Kept>();

  constructor(
    private readonly messenger: Messenger,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.messenger.onFact(rewardsChanged, ({ scope }) => this.games.delete(scope.gameId));
    this.messenger.onReconnect(() => this.games.clear());
  }

  /** Keys that cannot be previewed now are null, as archived ones are: a listing never fails because of them. */
  async of({ studioId, gameId }: GameScope, keys: readonly string[]): Promise<Previews> {
    if (keys.length === 0) return new Map();
    const kept = this.keptOf(gameId);
    const missing = keys.filter((key) => !kept.bundles.has(key));
    if (missing.length === 0 || this.clock.nowMs() < kept.pausedUntilMs) return kept.bundles;
    try {
      for (let from = 0; from < missing.length; from += keysARequestMax) {
        const asked = missing.slice(from, from + keysARequestMax);
        const body = { game: { studioId, gameId }, keys: asked };
        const { bundles } = await this.messenger.request(previewBundles, body, { deadlineMs });
        for (const key of asked) kept.bundles.set(key, bundles[key] ?? null);
      }
    } catch (error) {
      kept.pausedUntilMs = this.clock.nowMs() + pauseAfterFailureMs;
      this.logger.warn({ err: error, gameId }, 'bundles cannot be previewed now');
    }
    return kept.bundles;
  }

  private keptOf(gameId: string): Kept {
    const nowMs = this.clock.nowMs();
    const kept = this.games.get(gameId);
    if (kept !== undefined && nowMs - kept.askedAtMs < freshForMs) return kept;
    if (this.games.size >= gamesMax) this.games.clear();
    const fresh = { bundles: new Map<string, BundlePreview | null>(), askedAtMs: nowMs, pausedUntilMs: 0 };
    this.games.set(gameId, fresh);
    return fresh;
  }
}
