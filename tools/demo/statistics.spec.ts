import { Latencies, Statistics } from './statistics.mjs';

describe('statistics', () => {
  it('tells percentiles to a twentieth, and the largest exactly', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1_000; ms += 1) latencies.add(ms);
    expect(latencies.percentile(0.5)).toBeGreaterThanOrEqual(500);
    expect(latencies.percentile(0.5)).toBeLessThan(525);
    expect(latencies.percentile(0.95)).toBeLessThan(1_000);
    expect(latencies.percentile(1)).toBe(1_000);
    expect(latencies.maxMs).toBe(1_000);
  });

  it('counts answers, deeds and nothing else', () => {
    const statistics = new Statistics();
    statistics.answered('200', 3);
    statistics.answered('200', 4);
    statistics.answered('no answer');
    statistics.did('duplicates', 2);
    expect(Object.fromEntries(statistics.answers)).toEqual({ '200': 2, 'no answer': 1 });
    expect([statistics.calls, statistics.times('duplicates'), statistics.times('naps')]).toEqual([3, 2, 0]);
  });
});
