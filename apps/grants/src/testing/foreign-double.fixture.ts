import { Controller, Module } from '@nestjs/common';
import {
  describeRewardedAttempt,
  describeWindowPolicy,
  readSettledAttempts,
  type RewardedAttempt,
  type SettledAttempt,
} from '@kraty/contracts/events';
import type { RewardPolicy } from '@kraty/contracts/grants';
import { readFinalStandings, type FinalStanding } from '@kraty/contracts/leaderboards';
import { defineService, startService, type RunningService } from '@kraty/platform/bootstrap';
import { ProcessConfiguration } from '@kraty/platform/configuration';
import { fail } from '@kraty/platform/errors';
import { HandleRequest } from '@kraty/platform/messaging';
import type { Ground } from '@kraty/testing/harness';

/** Stands for events and leaderboards: closed windows, their attempts, and frozen boards. */
export class ForeignDouble {
  readonly policies = new Map<string, RewardPolicy>();
  readonly settled = new Map<string, SettledAttempt[]>();
  readonly boards = new Map<string, FinalStanding[]>();
  readonly attempts = new Map<string, RewardedAttempt>();
  /** Windows whose policy events refuses to tell. */
  readonly refused = new Set<string>();
  finalizedAt = '2026-06-08T12:00:00.000Z';
  private running: RunningService[] = [];

  static async start(ground: Ground): Promise<ForeignDouble> {
    const double = new ForeignDouble();
    const environment = { NATS_URL: ground.natsUrl, LOG_LEVEL: 'fatal' };
    for (const service of [eventsOf(double), leaderboardsOf(double)]) {
      double.running.push(await startService(service, { environment }));
    }
    return double;
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((service) => service.stop()));
  }
}

function eventsOf(double: ForeignDouble) {
  @Controller()
  class EventsHandler {
    @HandleRequest(describeWindowPolicy)
    policy({ eventWindowId }: { eventWindowId: string }) {
      if (double.refused.has(eventWindowId)) throw fail('conflict', 'the window is not told');
      const rewardPolicy = double.policies.get(eventWindowId);
      if (!rewardPolicy) throw fail('not_found', 'there is no such window', { resource: 'window' });
      return { eventId: eventWindowId, eventKey: 'race', rewardPolicy, endsAt: double.finalizedAt };
    }

    @HandleRequest(readSettledAttempts)
    settled(question: {
      eventWindowId: string;
      leaderboardId: string | null;
      afterAttemptId: string | null;
      limit: number;
    }) {
      const { eventWindowId, leaderboardId, afterAttemptId, limit } = question;
      const attempts = (double.settled.get(eventWindowId) ?? [])
        .filter((attempt) => leaderboardId === null || attempt.leaderboardId === leaderboardId)
        .toSorted((left, right) => (left.attemptId < right.attemptId ? -1 : 1))
        .filter(({ attemptId }) => afterAttemptId === null || attemptId > afterAttemptId);
      return { attempts: attempts.slice(0, limit) };
    }

    @HandleRequest(describeRewardedAttempt)
    attempt({ attemptId }: { attemptId: string }) {
      const attempt = double.attempts.get(attemptId);
      if (!attempt) throw fail('not_found', 'there is no such attempt', { resource: 'attempt' });
      return attempt;
    }
  }

  @Module({ controllers: [EventsHandler] })
  class EventsDouble {}

  return defineService({ name: 'events', module: EventsDouble, configuration: ProcessConfiguration });
}

function leaderboardsOf(double: ForeignDouble) {
  @Controller()
  class LeaderboardsHandler {
    @HandleRequest(readFinalStandings)
    standings({ leaderboardId, afterRank, limit }: { leaderboardId: string; afterRank: number; limit: number }) {
      const rows = double.boards.get(leaderboardId);
      if (!rows) throw fail('conflict', 'the board is not frozen', { reason: 'not_finalized' });
      const standings = rows.filter(({ rank }) => rank > afterRank).slice(0, limit);
      return { standings, finalizedAt: double.finalizedAt };
    }
  }

  @Module({ controllers: [LeaderboardsHandler] })
  class LeaderboardsDouble {}

  return defineService({ name: 'leaderboards', module: LeaderboardsDouble, configuration: ProcessConfiguration });
}
