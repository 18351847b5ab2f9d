import { cadencePeriod, nextPeriodMs, periodAt, type Rules } from './period.js';

const at = (text: string) => Date.parse(text);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

const rules = (resetCadence: Rules['resetCadence'], effectiveFromMs = 0): Rules => ({
  effectiveFromMs,
  resetCadence,
  scoreAggregation: 'best',
  segmentation: { type: 'none' },
});

describe('the period of an instant', () => {
  it.each([
    ['weekly', '2026-06-21T23:59:59.999Z', '2026-06-15T00:00:00.000Z', '2026-06-22T00:00:00.000Z'],
    ['weekly', '2026-06-22T00:00:00.000Z', '2026-06-22T00:00:00.000Z', '2026-06-29T00:00:00.000Z'],
    ['weekly', '1970-01-01T00:00:00.000Z', '1969-12-29T00:00:00.000Z', '1970-01-05T00:00:00.000Z'],
    ['monthly', '2026-02-28T23:59:59.999Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['monthly', '2026-12-31T12:00:00.000Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['never', '2026-06-22T00:00:00.000Z', '1970-01-01T00:00:00.000Z', null],
  ] as const)('%s at %s begins at %s and ends at %s', (cadence, instant, start, end) => {
    const { startMs, endMs } = cadencePeriod(cadence, at(instant));
    expect([iso(startMs), iso(endMs)]).toEqual([start, end]);
  });

  it('is cut where other rules begin', () => {
    const changed = [rules('weekly'), rules('monthly', at('2026-06-22T00:00:00.000Z'))];
    expect(iso(periodAt(changed, at('2026-06-21T23:59:59.999Z')).endMs)).toBe('2026-06-22T00:00:00.000Z');
    const next = periodAt(changed, at('2026-06-22T00:00:00.000Z'));
    expect([iso(next.startMs), iso(next.endMs)]).toEqual(['2026-06-22T00:00:00.000Z', '2026-07-01T00:00:00.000Z']);
    expect(iso(periodAt(changed, at('2026-07-01T00:00:00.000Z')).startMs)).toBe('2026-07-01T00:00:00.000Z');
  });

  it('says from when other rules may hold, whatever was planned before', () => {
    const planned = [rules('weekly'), rules('monthly', at('2026-06-22T00:00:00.000Z'))];
    expect(iso(nextPeriodMs(planned, at('2026-06-17T00:00:00.000Z')))).toBe('2026-06-22T00:00:00.000Z');
    expect(nextPeriodMs([rules('never')], at('2026-06-17T00:00:00.000Z'))).toBeNull();
  });
});
