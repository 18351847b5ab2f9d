import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { AttemptStatus, EventConfiguration, EventStatistics } from '@kraty/contracts/events';
import { fail } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { EventLocks } from './event-locks.service.js';
import { StatisticsStore, type FunnelStep } from './statistics.store.js';
import { WindowViewsStore } from './window-views.store.js';

/** How an event, or one window of it, goes; counted when it is asked for (04 §5.2). */
@Injectable()
export class Statistics {
  constructor(
    private readonly database: Database,
    private readonly locks: EventLocks,
    private readonly events: DefinitionsStore,
    private readonly windows: WindowViewsStore,
    private readonly store: StatisticsStore,
  ) {}

  async read(asked: { scope: Scope; event: string; windowId: string | null }): Promise<EventStatistics> {
    const { scope, windowId } = asked;
    const eventId = await this.locks.find(scope, asked.event);
    const of = { eventId, windowId, environment: scope.environment };
    if (windowId !== null && !(await this.isWindow(eventId, windowId))) {
      throw fail('not_found', 'there is no such window', { resource: 'window' });
    }
    const event = await this.events.one(this.database, eventId);
    const steps = funnelSteps(event?.configuration ?? { key: asked.event });
    const counts = await this.store.funnel(this.database, of, steps);
    const verdicts = await this.store.anomalies(this.database, scope.gameId, of);
    const countOf = (verdict: string) => verdicts.find((row) => row.verdict === verdict)?.count ?? 0;
    return {
      participants: await this.store.participants(this.database, of),
      attempts: byStatus(await this.store.attemptsByStatus(this.database, of)),
      grants: await this.store.grants(this.database, of),
      flagged: countOf('flag'),
      rejected: countOf('reject'),
      funnel: steps.map(({ metricKey, threshold }, at) => ({ metricKey, threshold, attempts: counts[at] ?? 0 })),
    };
  }

  private async isWindow(eventId: string, windowId: string): Promise<boolean> {
    return isUuid(windowId) && (await this.windows.one(this.database, eventId, windowId)) !== null;
  }
}

/** Targets and milestones of the newest revision: metrics as they are declared, thresholds ascending. */
export function funnelSteps({ metrics = [], milestoneRewards = [] }: EventConfiguration): FunnelStep[] {
  return metrics.flatMap(({ key: metricKey, target }) => {
    const steps: FunnelStep[] = milestoneRewards
      .filter((milestone) => milestone.metricKey === metricKey)
      .map(({ key, threshold }) => ({ metricKey, threshold, milestoneKey: key }));
    if (target !== undefined) steps.push({ metricKey, threshold: target, milestoneKey: null });
    return steps.sort((a, b) => a.threshold - b.threshold);
  });
}

function byStatus(rows: { status: AttemptStatus; count: number }[]): EventStatistics['attempts'] {
  const none = { in_progress: 0, completed: 0, expired: 0, force_completed: 0 };
  return Object.assign(none, Object.fromEntries(rows.map(({ status, count }) => [status, count])));
}
