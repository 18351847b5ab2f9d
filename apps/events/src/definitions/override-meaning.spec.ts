import { eventLimits, type EventConfiguration } from '@kraty/contracts/events';
import { checkedOverrides, type OverridesToCheck } from './override-meaning.js';

const nowMs = Date.parse('2026-06-02T12:10:00Z');
const msPerDay = 86_400_000;

function checked(
  availability: EventConfiguration['availability'],
  starts: readonly string[],
  around: Partial<OverridesToCheck> = {},
) {
  const event = { key: 'daily_catch', ...(availability && { availability }) } as EventConfiguration;
  const stated = starts.map((startsAt) => ({ startsAt, metadata: { tier: 'boss' } }));
  const asked = { event, stated, standing: null, runningSinceMs: null, nowMs, ...around };
  const { accepted, issues, warnings } = checkedOverrides(asked, 'w');
  return {
    accepted: accepted.map(({ startsAt }) => startsAt),
    issues: issues.map(({ path, code }) => `${path} ${code}`),
    warnings: warnings.map(({ path, code }) => `${path} ${code}`),
  };
}

/** As many rules as are allowed, each of them every day. */
const manyRules = {
  mode: 'recurring_windows' as const,
  timezone: 'America/New_York',
  windows: Array.from({ length: eventLimits.windowRulesMax }, (_, at) => ({
    startTime: `${String(at % 24).padStart(2, '0')}:${at < 24 ? '00' : '30'}`,
    durationSeconds: 600,
  })),
};

describe('overrides of a document (04 §12)', () => {
  it('name windows that run or are to come', () => {
    const daily = { ...manyRules, timezone: 'UTC', windows: [{ startTime: '12:00', durationSeconds: 3_600 }] };
    expect(
      checked(daily, [
        '2026-06-01T12:00:00.000Z',
        '2026-06-02T12:00:00.000Z',
        '2026-06-03T12:00:00.000Z',
        '2026-06-03T12:00:00.000Z',
        '2026-06-03T13:00:00.000Z',
        '2027-06-03T12:00:00.000Z',
        '2027-06-04T12:00:00.000Z',
      ]),
    ).toEqual({
      accepted: ['2026-06-02T12:00:00.000Z', '2026-06-03T12:00:00.000Z', '2027-06-03T12:00:00.000Z'],
      issues: [
        'w[2026-06-03T12:00:00.000Z] duplicate',
        'w[2026-06-03T13:00:00.000Z] unknown_reference',
        'w[2027-06-04T12:00:00.000Z] range',
      ],
      warnings: ['w[2026-06-01T12:00:00.000Z] window_override_past'],
    });
  });

  it('may name the running window although the rules have left it', () => {
    const since = '2026-06-02T11:45:00.000Z';
    expect(checked(manyRules, [since], { runningSinceMs: Date.parse(since) }).accepted).toEqual([since]);
  });

  it('may name a fixed window, however far ahead', () => {
    const fixed = { mode: 'fixed_window', startsAt: '2031-01-01T00:00:00Z', endsAt: '2031-01-02T00:00:00Z' } as const;
    expect(checked(fixed, ['2031-01-01T00:00:00.000Z']).accepted).toEqual(['2031-01-01T00:00:00.000Z']);
  });

  it.each([
    ['an event that is always on', { mode: 'always_on' as const }, null],
    ['an event without availability', undefined, null],
    ['a finalized event', manyRules, { status: 'finalized' as const }],
  ])('are refused of %s', (_of, availability, standing) => {
    expect(checked(availability, ['2026-06-03T12:00:00.000Z'], { standing }).issues).toEqual(['w conflict']);
  });

  it('ask the clock of the zone a few times each, however many rules there are', () => {
    const asked = countedClockReads();
    const days = eventLimits.windowOverrideDaysAheadMax - 1;
    const starts = Array.from({ length: days }, (_, at) =>
      new Date(Date.parse('2026-06-03T16:00:00Z') + at * msPerDay).toISOString(),
    );
    const { accepted, issues } = checked(manyRules, starts);
    asked.stop();
    expect(accepted.length + issues.length).toBe(days);
    expect(accepted.length).toBeGreaterThan(days / 2);
    expect(asked.count()).toBeGreaterThan(0);
    expect(asked.count()).toBeLessThan(4 * days);
  });
});

/** How often the clock of a zone is read, which takes longer than everything else. */
function countedClockReads() {
  const prototype = Intl.DateTimeFormat.prototype;
  const read = Reflect.get(prototype, 'formatToParts') as Intl.DateTimeFormat['formatToParts'];
  let reads = 0;
  prototype.formatToParts = function (...values) {
    reads += 1;
    return read.apply(this, values);
  };
  return { count: () => reads, stop: () => void (prototype.formatToParts = read) };
}
