import type { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../telemetry/index.js';

/** What operators watch: what was applied, what had to be repeated, what was given up, how far the relay is behind. */
export interface FactMetrics {
  applied: Counter;
  retried: Counter;
  parked: Gauge;
  relayLagSeconds: Gauge;
  published: Counter;
  late: Counter;
}

export function factMetrics(metrics: Metrics): FactMetrics {
  const labels = ['consumer'] as const;
  return {
    applied: metrics.counter('facts_applied_total', 'Facts applied and acknowledged', { labels }),
    retried: metrics.counter('facts_retried_total', 'Envelopes given back to be delivered again', { labels }),
    parked: metrics.gauge('parked_messages', 'Facts that were given up and wait for an operator', { labels }),
    relayLagSeconds: metrics.gauge('relay_lag_seconds', 'Age of the oldest fact that is not published yet'),
    published: metrics.counter('facts_envelopes_published_total', 'Envelopes published, by what published them', {
      labels: ['by'],
    }),
    late: metrics.counter('facts_applied_late_total', 'Answers given before a context had applied their facts', {
      labels: ['context'],
    }),
  };
}
