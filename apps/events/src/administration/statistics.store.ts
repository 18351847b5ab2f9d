import { Injectable } from '@nestjs/common';
import type { AttemptStatus } from '@kraty/contracts/events';
import { statement, type Tx } from '@kraty/platform/persistence';

/** A step of the funnel; `milestoneKey` null = a target. */
export interface FunnelStep {
  metricKey: string;
  threshold: number;
  milestoneKey: string | null;
}

/** Of an event, or of one window of it, in one environment. */
export interface StatisticsScope {
  eventId: string;
  windowId: string | null;
  environment: string;
}

const windows = `event_window w where w.event_id = $1 and ($2::uuid is null or w.id = $2)`;
const attempts = `(select a.* from (select id from ${windows}) v join attempt a on a.event_window_id = v.id
                    where a.environment = $3) a`;

const PARTICIPANTS = statement(
  'statistics_participants',
  `select count(distinct a.player_id)::int as count from ${attempts}`,
);

const BY_STATUS = statement(
  'statistics_by_status',
  `select a.status, count(*)::int as count from ${attempts} group by a.status`,
);

// A reset takes the value back; the milestone it has fired stays.
const FUNNEL = statement(
  'statistics_funnel',
  `select step.ordinality::int as place, count(a.id)::int as count
     from unnest($4::text[], $5::float8[], $6::text[]) with ordinality as step(metric_key, threshold, milestone_key, ordinality)
     left join ${attempts}
            on (a.metrics_raw ->> step.metric_key)::float8 >= step.threshold or a.fired_milestones ? step.milestone_key
    group by step.ordinality order by step.ordinality`,
);

const ANOMALIES = statement(
  'statistics_anomalies',
  `select verdict, count(*)::int as count from anomaly
    where game_id = $1 and event_id = $2 and environment = $3 and ($4::uuid is null or event_window_id = $4)
    group by verdict`,
);

const GRANTS = statement(
  'statistics_grants',
  `select coalesce(sum(g.grants), 0)::int as count from (select id from ${windows}) v
     join window_grants g on g.event_window_id = v.id where g.environment = $3`,
);

/** How an event goes (04 §5.2). */
@Injectable()
export class StatisticsStore {
  async participants(tx: Tx, of: StatisticsScope): Promise<number> {
    const [row] = await tx.query<{ count: number }>(PARTICIPANTS, valuesOf(of));
    return row?.count ?? 0;
  }

  attemptsByStatus(tx: Tx, of: StatisticsScope): Promise<{ status: AttemptStatus; count: number }[]> {
    return tx.query<{ status: AttemptStatus; count: number }>(BY_STATUS, valuesOf(of));
  }

  /** In the order of the steps. */
  async funnel(tx: Tx, of: StatisticsScope, steps: readonly FunnelStep[]): Promise<number[]> {
    if (steps.length === 0) return [];
    const rows = await tx.query<{ count: number }>(FUNNEL, [
      ...valuesOf(of),
      steps.map(({ metricKey }) => metricKey),
      steps.map(({ threshold }) => threshold),
      steps.map(({ milestoneKey }) => milestoneKey),
    ]);
    return rows.map(({ count }) => count);
  }

  async anomalies(tx: Tx, gameId: string, of: StatisticsScope): Promise<{ verdict: string; count: number }[]> {
    return tx.query<{ verdict: string; count: number }>(ANOMALIES, [gameId, of.eventId, of.environment, of.windowId]);
  }

  async grants(tx: Tx, of: StatisticsScope): Promise<number> {
    const [row] = await tx.query<{ count: number }>(GRANTS, valuesOf(of));
    return row?.count ?? 0;
  }
}

function valuesOf({ eventId, windowId, environment }: StatisticsScope): unknown[] {
  return [eventId, windowId, environment];
}
