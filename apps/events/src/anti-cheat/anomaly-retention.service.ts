import { Injectable } from '@nestjs/common';
import type { GameState } from '@kraty/contracts/identity';
import type { Fact } from '@kraty/contracts/messages';
import { AnomalyRetentionStore, type Retention } from './anomaly-retention.store.js';

/** What games say about their anomalies. */
@Injectable()
export class AnomalyRetention {
  constructor(private readonly store: AnomalyRetentionStore) {}

  /** Of several facts of one game the newest counts. */
  async apply(facts: readonly Fact<GameState>[]): Promise<void> {
    const newest = new Map<string, Retention>();
    for (const { revision, payload } of facts) {
      const { gameId, studioId, settings } = payload;
      if ((newest.get(gameId)?.revision ?? -1) > revision) continue;
      newest.set(gameId, { gameId, studioId, days: settings.anomalyRetentionDays, revision });
    }
    await this.store.keep([...newest.values()]);
  }
}
