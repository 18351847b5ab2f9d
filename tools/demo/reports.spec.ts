import { Random } from './random.mjs';
import { nextReport } from './reports.mjs';

const metrics = [
  { key: 'pools', target: 12 },
  { key: 'streak', cap: 20, resetOn: { metricKey: 'splashes' } },
  { key: 'splashes' },
];
const raw = { pools: 3, streak: 3, splashes: 1 };
const many = (all: typeof metrics) => {
  const random = new Random('reports');
  return Array.from({ length: 400 }, () => nextReport(random, all, raw, 6));
};

describe('what a player reports', () => {
  it('names one to three declared metrics, in either mode, and never goes back', () => {
    for (const { report } of many(metrics)) {
      const keys = Object.keys(report.metrics);
      expect(keys.length).toBeGreaterThanOrEqual(1);
      expect(keys.every((key) => key in raw)).toBe(true);
      const before = report.mode === 'set' ? raw : { pools: 0, streak: 0, splashes: 0 };
      expect(keys.every((key) => report.metrics[key]! > before[key as keyof typeof raw])).toBe(true);
    }
  });

  it('sends the short form only for the first metric alone', () => {
    const bodies = many(metrics).map(({ body }) => body as Record<string, unknown>);
    const short = many(metrics).filter(({ body }) => 'metricValue' in body);
    expect(short.length).toBeGreaterThan(0);
    expect(short.every(({ report }) => Object.keys(report.metrics).join() === 'pools')).toBe(true);
    expect(bodies.every((body) => 'metricValue' in body !== 'metrics' in body)).toBe(true);
  });

  it('has mishaps, rarely, and reaches every metric', () => {
    const counts = many(metrics).flatMap(({ report }) => Object.keys(report.metrics));
    const times = (key: string): number => counts.filter((one) => one === key).length;
    expect(times('splashes')).toBeGreaterThan(0);
    expect(times('splashes')).toBeLessThan(times('streak'));
  });
});
