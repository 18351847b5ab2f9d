import { collectDefaultMetrics, Counter, Gauge, Histogram, type Metric, Registry } from 'prom-client';

/** Seconds; from a cache hit to the deadline of a request. */
const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export interface MetricOptions {
  labels?: readonly string[];
}

export interface GaugeOptions extends MetricOptions {
  /** Asked at every scrape, for values that are cheaper to read than to keep. */
  collect?: (gauge: Gauge) => void | Promise<void>;
}

export interface HistogramOptions extends MetricOptions {
  /** Upper bounds; seconds from 1 ms to 5 s unless told. */
  buckets?: readonly number[];
}

/**
 * The metrics of one service, all labelled with its name: several services share a process without colliding.
 * Asking for a metric that exists returns it, so that each part names what it counts where it counts it.
 */
export class Metrics {
  readonly registry = new Registry();

  constructor(readonly service: string) {
    this.registry.setDefaultLabels({ service });
  }

  counter(name: string, help: string, { labels = [] }: MetricOptions = {}): Counter {
    return this.known(name, Counter) ?? new Counter({ name, help, labelNames: labels, registers: [this.registry] });
  }

  gauge(name: string, help: string, { labels = [], collect }: GaugeOptions = {}): Gauge {
    const existing = this.known(name, Gauge);
    if (existing) return existing;
    const gauge: Gauge = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [this.registry],
      ...(collect ? { collect: () => collect(gauge) } : {}),
    });
    return gauge;
  }

  histogram(name: string, help: string, options: HistogramOptions = {}): Histogram {
    const { labels = [], buckets = LATENCY_BUCKETS_SECONDS } = options;
    const existing = this.known(name, Histogram);
    if (existing) return existing;
    return new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [this.registry] });
  }

  private known<M extends Metric>(name: string, kind: new (...parameters: never[]) => M): M | undefined {
    const metric = this.registry.getSingleMetric(name);
    if (metric && !(metric instanceof kind)) throw new Error(`The metric ${name} exists already as another kind.`);
    return metric as M | undefined;
  }
}

let processRegistry: Registry | undefined;

/** Memory, CPU and event loop belong to the process and not to one of its services; started with the first scrape. */
export function processMetrics(): Registry {
  if (processRegistry) return processRegistry;
  processRegistry = new Registry();
  collectDefaultMetrics({ register: processRegistry });
  return processRegistry;
}

export const metricsContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** One page of several registries; a metric that more than one has is announced once, as the format demands. */
export async function mergedMetrics(registries: readonly Registry[]): Promise<string> {
  const pages = new Map<string, string>();
  for (const registry of new Set(registries)) {
    for (const { name } of registry.getMetricsAsArray()) {
      const text = await registry.getSingleMetricAsString(name);
      const earlier = pages.get(name);
      pages.set(name, earlier === undefined ? text : `${earlier}\n${withoutHeader(text)}`);
    }
  }
  return `${[...pages.values()].join('\n\n')}\n`;
}

function withoutHeader(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}
