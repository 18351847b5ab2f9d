import type { Metrics } from '../telemetry/index.js';

export type Outcome = 'done' | 'failed' | 'busy' | 'late';

const outcomes: readonly Outcome[] = ['done', 'failed', 'busy', 'late'];
const metricName = 'request_duration_seconds';
const help = 'Requests over NATS by route and outcome; "late" ones were dropped because nobody waited any more';

interface Observer {
  observe(seconds: number): void;
}

/** Counts and times the requests of one route. Labels are resolved once, because this runs for every request. */
export class RouteMeter {
  private readonly observers = new Map<Outcome, Observer>();

  constructor(subject: string, metrics: Metrics | undefined) {
    const histogram = metrics?.histogram(metricName, help, { labels: ['subject', 'outcome'] });
    if (histogram === undefined) return;
    for (const outcome of outcomes) this.observers.set(outcome, histogram.labels({ subject, outcome }));
  }

  /** `startedMs` by `performance.now()`; absent for what was never begun. */
  count(outcome: Outcome, startedMs?: number): void {
    const seconds = startedMs === undefined ? 0 : (performance.now() - startedMs) / 1_000;
    this.observers.get(outcome)?.observe(seconds);
  }
}
