import { Injectable } from '@nestjs/common';
import { Metrics } from '@kraty/platform/telemetry';
import type { FastifyReply, FastifyRequest } from './request-context.js';
import { surfaceOf } from './surfaces.js';

const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

interface Count {
  inc(): void;
}

interface Observer {
  observe(seconds: number): void;
}

/** What one route reports to: its bucket's counts by class of status, and its own latency. */
interface RouteMeter {
  counts: readonly Count[];
  /** Null where a reply lasts as long as its reader wants. */
  latency: Observer | null;
}

type Route = FastifyRequest['routeOptions']['config'];

/**
 * Counts and times every request (04 §13.1). Routes are bounded in number and never named by the caller, and labels
 * are resolved once a route: this runs for every request, and costs half a microsecond.
 */
@Injectable()
export class RequestMetrics {
  private readonly meters = new Map<Route, RouteMeter>();
  private readonly unmatched: RouteMeter;

  constructor(private readonly metrics: Metrics) {
    this.unmatched = { counts: this.countsOf('none'), latency: null };
  }

  /** Called when the last byte of the reply is written, or its reader has gone. */
  observe(request: FastifyRequest, reply: FastifyReply): void {
    const meter = request.is404 ? this.unmatched : this.meterOf(request.routeOptions.config);
    meter.counts[Math.floor(reply.statusCode / 100) - 1]?.inc();
    meter.latency?.observe(reply.elapsedTime / 1_000);
  }

  private meterOf(route: Route): RouteMeter {
    const known = this.meters.get(route);
    if (known) return known;
    const meter = { counts: this.countsOf(bucketOf(route)), latency: this.latencyOf(route) };
    this.meters.set(route, meter);
    return meter;
  }

  private countsOf(bucket: string): Count[] {
    const help = 'HTTP requests by rate-limit bucket and class of status; bucket "none" is what no route answers for';
    const counter = this.metrics.counter('http_requests_total', help, { labels: ['bucket', 'class'] });
    return statusClasses.map((statusClass) => counter.labels({ bucket, class: statusClass }));
  }

  private latencyOf({ url, method }: Route): Observer | null {
    if (url.endsWith('/stream')) return null;
    const help = 'Time from the arrival of an HTTP request to the end of its reply, by route pattern';
    const histogram = this.metrics.histogram('http_request_duration_seconds', help, { labels: ['method', 'route'] });
    return histogram.labels({ method: String(method), route: url });
  }
}

/** The bucket of 01 §8, `admin`, or for probes `open`. */
function bucketOf({ access, url }: Route): string {
  return access?.bucket ?? surfaceOf(url);
}
