import { mergedMetrics, Metrics, processMetrics } from './index.js';

describe('Metrics', () => {
  it('labels what a service counts with its name', async () => {
    const sut = new Metrics('economy');
    sut.counter('debits_total', 'Debits.', { labels: ['outcome'] }).inc({ outcome: 'short' }, 2);
    expect(await sut.registry.metrics()).toContain('debits_total{outcome="short",service="economy"} 2');
  });

  it('returns the metric that exists, and refuses another kind under its name', () => {
    const sut = new Metrics('economy');
    expect(sut.gauge('parked_messages', 'Parked.')).toBe(sut.gauge('parked_messages', 'Parked.'));
    expect(() => sut.counter('parked_messages', 'Parked.')).toThrow('another kind');
  });

  it('asks a collecting gauge at every scrape', async () => {
    const sut = new Metrics('economy');
    let lag = 1;
    sut.gauge('relay_lag_seconds', 'Lag.', { collect: (gauge) => gauge.set(lag) });
    await sut.registry.metrics();
    lag = 7;
    expect(await sut.registry.metrics()).toContain('relay_lag_seconds{service="economy"} 7');
  });

  it('merges services of one process on one page, each metric announced once', async () => {
    const [economy, grants] = [new Metrics('economy'), new Metrics('grants')];
    for (const one of [economy, grants]) one.histogram('request_seconds', 'Requests.').observe(0.02);
    const page = await mergedMetrics([processMetrics(), economy.registry, grants.registry, grants.registry]);
    expect(page.match(/# TYPE request_seconds histogram/g)).toHaveLength(1);
    expect(page.match(/request_seconds_count\{/g)).toHaveLength(2);
    expect(page).toContain('process_cpu_user_seconds_total');
  });
});
