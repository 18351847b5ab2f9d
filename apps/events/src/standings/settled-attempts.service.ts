import { Injectable } from '@nestjs/common';
import type { GameScope, Iso, Scope } from '@kraty/contracts/common';
import type { SettledAttempt } from '@kraty/contracts/events';
import type { RewardPolicy } from '@kraty/contracts/grants';
import { fail } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { Definitions } from '../definitions/definitions.service.js';
import { cappedMetrics } from '../scoring/score.js';
import { SettledAttemptsStore, type SettledRow } from './settled-attempts.store.js';

/** Attempts told at a time. */
const pageMax = 5_000;

export interface WindowPolicy {
  eventId: string;
  eventKey: string;
  rewardPolicy: RewardPolicy;
  endsAt: Iso;
}

export interface SettledQuestion {
  scope: Scope;
  eventWindowId: string;
  leaderboardId: string | null;
  afterAttemptId: string | null;
  limit: number;
}

/** What whoever pays at the close of a window asks for (07 §5.4). */
@Injectable()
export class SettledAttempts {
  constructor(
    private readonly database: Database,
    private readonly store: SettledAttemptsStore,
    private readonly definitions: Definitions,
  ) {}

  async policyOf(game: GameScope, eventWindowId: string): Promise<WindowPolicy> {
    const window = isUuid(eventWindowId) ? await this.store.window(game, eventWindowId) : null;
    if (window === null) throw fail('not_found', 'there is no such window', { resource: 'window' });
    const { eventId, eventKey, revision, endsAt } = window;
    const { rewardPolicy } = await this.definitions.at(this.database, eventId, revision);
    return { eventId, eventKey, rewardPolicy, endsAt: endsAt.toISOString() };
  }

  /** Final states in the order of their ids; an attempt that still runs is left out. */
  async page({ scope, afterAttemptId, limit, ...of }: SettledQuestion): Promise<SettledAttempt[]> {
    const rows = await this.store.page(scope, of, afterAttemptId, Math.min(limit, pageMax));
    const attempts: SettledAttempt[] = [];
    for (const row of rows) attempts.push(await this.settled(row));
    return attempts;
  }

  private async settled({ id, eventId, revision, raw, ...row }: SettledRow): Promise<SettledAttempt> {
    const definition =
      this.definitions.keptAt(eventId, revision) ?? (await this.definitions.at(this.database, eventId, revision));
    return { attemptId: id, ...row, metrics: cappedMetrics(definition.scoring, raw) };
  }
}
