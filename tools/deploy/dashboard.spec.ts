import { collectDefaultMetrics, Registry } from 'prom-client';
import { metricsOfTheSource, namesIn, read } from './deployment-files.js';

describe('deploy/grafana', () => {
  const expressions = namesIn('deploy/grafana').flatMap((file) =>
    expressionsOf(JSON.parse(read(`deploy/grafana/${file}`)) as unknown),
  );

  it('shows only metrics that the code makes', async () => {
    const known = new Set([...metricsOfTheSource(), ...(await metricsOfTheProcess())]);
    const shown = new Set(expressions.flatMap(seriesIn));
    expect(shown.size).toBeGreaterThan(5);
    expect([...shown].filter((name) => !known.has(name))).toEqual([]);
  });

  it('shows what operators must see: relay lag and parked messages', () => {
    expect(expressions.flatMap(seriesIn)).toEqual(expect.arrayContaining(['relay_lag_seconds', 'parked_messages']));
  });
});

/** What the platform collects of every process by itself. */
async function metricsOfTheProcess(): Promise<string[]> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return (await registry.getMetricsAsJSON()).map(({ name }) => name);
}

function expressionsOf(dashboard: unknown): string[] {
  if (typeof dashboard !== 'object' || dashboard === null) return [];
  return Object.entries(dashboard).flatMap(([key, value]) => (key === 'expr' ? [String(value)] : expressionsOf(value)));
}

/** Names of series: what is no function (before a bracket), no label (in braces or after `by`) and no duration. */
function seriesIn(expression: string): string[] {
  const bare = expression.replace(/\{[^}]*\}|\[[^\]]*\]|\b(by|without|on|ignoring|group_left)\s*\([^)]*\)/g, '');
  return [...bare.matchAll(/\b[a-z][a-z0-9]*_[a-z0-9_]+\b(?!\s*\()/g)].map(([name]) => name);
}
