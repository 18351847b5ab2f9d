import type { Availability, WindowRule } from '@kraty/contracts/events';
import { endOfTimeMs, isOver, nextStartMs, occurrences, overlapsItself } from './occurrences.js';

const day = 86_400_000;

function recurring(timezone: string, windows: WindowRule[], limits: { startsOn?: string; endsOn?: string } = {}) {
  return { mode: 'recurring_windows', timezone, windows, ...limits } satisfies Availability;
}

function starts(availability: Availability, from: string, until: string): string[][] {
  const range = { fromMs: Date.parse(from), untilMs: Date.parse(until), publishedAtMs: Date.parse(from) };
  return occurrences(availability, range).map(({ startsAtMs, endsAtMs }) => [minutes(startsAtMs), minutes(endsAtMs)]);
}

/** The window of a rule that starts on one local date of 2026 in New York; alone, so that nothing cuts it. */
function newYork(rule: WindowRule, date: string): string[] {
  const only = recurring('America/New_York', [rule], { startsOn: date, endsOn: date });
  return starts(only, `${date}T00:00:00Z`, '2026-12-31T00:00:00Z')[0] ?? [];
}

const minutes = (instantMs: number) => `${new Date(instantMs).toISOString().slice(0, 16)}Z`;

describe('daylight saving in New York, 2026 (05 §2.3)', () => {
  const daily: WindowRule = { startTime: '20:00', durationSeconds: 86_400 };

  it.each([
    [daily, '2026-03-06', '2026-03-07T01:00Z', '2026-03-08T01:00Z', '2026-03-08T01:00Z'],
    [daily, '2026-03-07', '2026-03-08T01:00Z', '2026-03-09T01:00Z', '2026-03-09T00:00Z'],
    [daily, '2026-03-08', '2026-03-09T00:00Z', '2026-03-10T00:00Z', '2026-03-10T00:00Z'],
    [daily, '2026-10-30', '2026-10-31T00:00Z', '2026-11-01T00:00Z', '2026-11-01T00:00Z'],
    [daily, '2026-10-31', '2026-11-01T00:00Z', '2026-11-02T00:00Z', '2026-11-02T01:00Z'],
    [daily, '2026-11-01', '2026-11-02T01:00Z', '2026-11-03T01:00Z', '2026-11-03T01:00Z'],
    [
      { startTime: '02:30', durationSeconds: 3_600 },
      '2026-03-08',
      '2026-03-08T07:30Z',
      '2026-03-08T08:30Z',
      '2026-03-08T08:30Z',
    ],
    [
      { startTime: '01:30', durationSeconds: 7_200 },
      '2026-03-08',
      '2026-03-08T06:30Z',
      '2026-03-08T08:30Z',
      '2026-03-08T07:30Z',
    ],
    [
      { startTime: '01:30', durationSeconds: 7_200 },
      '2026-11-01',
      '2026-11-01T05:30Z',
      '2026-11-01T07:30Z',
      '2026-11-01T08:30Z',
    ],
  ])('%j on %s starts at %s and ends at %s elapsed, %s by the calendar', (rule, date, startsAt, elapsed, calendar) => {
    expect(newYork({ ...rule, durationMode: 'elapsed' }, date)).toEqual([startsAt, elapsed]);
    expect(newYork({ ...rule, durationMode: 'calendar' }, date)).toEqual([startsAt, calendar]);
  });

  it('cuts the spring night of an elapsed daily window at the next start', () => {
    const elapsed = recurring('America/New_York', [{ ...daily, durationMode: 'elapsed' }]);
    expect(starts(elapsed, '2026-03-08T02:00:00Z', '2026-03-08T03:00:00Z')).toEqual([
      ['2026-03-08T01:00Z', '2026-03-09T00:00Z'],
    ]);
  });

  it('leaves an hour without a window on the autumn night of an elapsed daily window only', () => {
    const night = {
      fromMs: Date.parse('2026-11-02T00:30:00Z'),
      untilMs: Date.parse('2026-11-02T00:30:00Z'),
      publishedAtMs: 0,
    };
    expect(occurrences(recurring('America/New_York', [{ ...daily, durationMode: 'elapsed' }]), night)).toEqual([]);
    expect(occurrences(recurring('America/New_York', [daily]), night)).toHaveLength(1);
  });
});

describe('other zones', () => {
  it.each([
    // Lisbon: UTC+1 in summer; gap 29 March 01:00→02:00, repeat 25 October 02:00→01:00.
    ['Europe/Lisbon', '2026-03-29', '01:30', '2026-03-29T01:30Z', '2026-03-30T01:30Z'],
    ['Europe/Lisbon', '2026-10-25', '01:30', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    // Lord Howe: 30 minutes; gap 4 October 02:00→02:30, repeat 5 April 02:00→01:30.
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '2026-10-03T15:45Z', '2026-10-04T15:45Z'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45', '2026-04-04T14:45Z', '2026-04-05T15:15Z'],
    // Kathmandu: UTC+05:45 all year.
    ['Asia/Kathmandu', '2026-07-01', '00:00', '2026-06-30T18:15Z', '2026-07-01T18:15Z'],
    // São Paulo: midnight itself was skipped on 4 November 2018; no daylight saving since 2019.
    ['America/Sao_Paulo', '2018-11-04', '00:00', '2018-11-04T03:00Z', '2018-11-05T03:00Z'],
    ['America/Sao_Paulo', '2026-11-01', '00:00', '2026-11-01T03:00Z', '2026-11-02T03:00Z'],
  ])('%s %s %s lasts one local day', (timezone, date, startTime, startsAt, endsAt) => {
    const daily = recurring(timezone, [{ startTime, durationSeconds: 86_400 }], { startsOn: date, endsOn: date });
    expect(starts(daily, `${date}T00:00:00Z`, `${date}T23:59:00Z`)).toEqual([[startsAt, endsAt]]);
  });
});

describe('which dates', () => {
  it('lists eight Mondays within 60 days, and one within 7 (05 §2.1)', () => {
    const mondays = recurring('America/New_York', [{ startTime: '18:00', durationSeconds: 3_600, daysOfWeek: [1] }]);
    const now = '2026-06-02T12:00:00Z';
    const within = (days: number) =>
      starts(mondays, now, new Date(Date.parse(now) + days * day).toISOString()).map(([startsAt]) => startsAt);
    expect(within(60)).toEqual(
      ['06-08', '06-15', '06-22', '06-29', '07-06', '07-13', '07-20', '07-27'].map((date) => `2026-${date}T22:00Z`),
    );
    expect(within(7)).toEqual(['2026-06-08T22:00Z']);
  });

  it('skips a day that the month lacks and knows the last day', () => {
    const rule = (daysOfMonth: number[]) =>
      recurring('UTC', [{ startTime: '00:00', durationSeconds: 60, daysOfMonth }]);
    const dates = (daysOfMonth: number[]) =>
      starts(rule(daysOfMonth), '2026-01-30T12:00:00Z', '2026-04-30T12:00:00Z').map(([startsAt]) =>
        startsAt?.slice(0, 10),
      );
    expect(dates([31])).toEqual(['2026-01-31', '2026-03-31']);
    expect(dates([-1])).toEqual(['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']);
  });

  it('matches the weekday of the local date, not of the instant', () => {
    const sundays = recurring('Asia/Tokyo', [{ startTime: '03:00', durationSeconds: 60, daysOfWeek: [0] }]);
    expect(starts(sundays, '2026-06-01T00:00:00Z', '2026-06-07T00:00:00Z')).toEqual([
      ['2026-06-06T18:00Z', '2026-06-06T18:01Z'],
    ]);
  });

  it('gives two rules with one start to the first of them', () => {
    const twice = recurring('UTC', [
      { startTime: '10:00', durationSeconds: 120 },
      { startTime: '10:00', durationSeconds: 3_600 },
    ]);
    expect(starts(twice, '2026-06-01T09:00:00Z', '2026-06-01T11:00:00Z')).toEqual([
      ['2026-06-01T10:00Z', '2026-06-01T10:02Z'],
    ]);
  });

  it('still runs the last window of a series that ended long ago, when that window is long', () => {
    const year = recurring('UTC', [{ startTime: '00:00', durationSeconds: 366 * 86_400, daysOfMonth: [1] }], {
      endsOn: '2026-01-31',
    });
    expect(starts(year, '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z')).toEqual([
      ['2026-01-01T00:00Z', '2027-01-02T00:00Z'],
    ]);
    expect(isOver(year, Date.parse('2026-11-01T00:00:00Z'))).toBe(false);
    expect(isOver(year, Date.parse('2027-01-02T00:00:00Z'))).toBe(true);
  });

  it('runs an always-on window from its first publish to the end of time', () => {
    const always = occurrences({ mode: 'always_on' }, { fromMs: 5, untilMs: 9, publishedAtMs: 3 });
    expect(always).toEqual([{ startsAtMs: 3, endsAtMs: endOfTimeMs }]);
  });
});

describe('what comes next', () => {
  const mondays = [{ startTime: '18:00', durationSeconds: 3_600, daysOfWeek: [1] }];

  it('is the first start after now, also before the series begins', () => {
    const now = Date.parse('2026-06-08T18:00:00Z');
    expect(minutes(nextStartMs(recurring('UTC', mondays), now) ?? 0)).toBe('2026-06-15T18:00Z');
    expect(minutes(nextStartMs(recurring('UTC', mondays, { startsOn: '2028-01-01' }), now) ?? 0)).toBe(
      '2028-01-03T18:00Z',
    );
  });

  it('is nothing after the last date or a fixed window', () => {
    const now = Date.parse('2026-06-08T18:00:00Z');
    expect(nextStartMs(recurring('UTC', mondays, { endsOn: '2026-06-14' }), now)).toBeNull();
    const past = { mode: 'fixed_window', startsAt: '2026-06-01T00:00:00Z', endsAt: '2026-06-02T00:00:00Z' } as const;
    expect(nextStartMs(past, now)).toBeNull();
    expect(isOver(past, now)).toBe(true);
  });
});

describe('ten years of a daily 24-hour window', () => {
  /** Local date changes of a zone: lengths in hours that a day of it may have, and how many are not 24. */
  it.each([
    ['America/New_York', '20:00', { 23: 10, 25: 10 }],
    ['America/New_York', '02:30', { 22: 0, 23: 10, 25: 10 }],
    ['Europe/Lisbon', '00:00', { 23: 10, 25: 10 }],
    ['Europe/Lisbon', '01:30', { 23: 10, 25: 10 }],
    ['Australia/Lord_Howe', '02:15', { 23.5: 10, 24.5: 10 }],
    ['Australia/Lord_Howe', '12:00', { 23.5: 10, 24.5: 10 }],
    ['Asia/Kathmandu', '00:00', {}],
    // The last change of São Paulo's clock was on 17 February 2019.
    ['America/Sao_Paulo', '00:00', { 25: 1 }],
  ])('tiles %s at %s', (timezone, startTime, odd) => {
    const daily = recurring(timezone, [{ startTime, durationSeconds: 86_400 }]);
    const [fromMs, untilMs] = [Date.parse('2019-01-01T12:00:00Z'), Date.parse('2029-01-01T12:00:00Z')];
    const found = occurrences(daily, { fromMs, untilMs, publishedAtMs: 0 });
    expect(found[0]!.startsAtMs).toBeLessThanOrEqual(fromMs);
    for (const [at, next] of found.slice(1).entries()) expect(found[at]!.endsAtMs).toBe(next.startsAtMs);
    expect(found.at(-1)!.endsAtMs).toBeGreaterThan(untilMs);
    const counts = new Map<number, number>();
    for (const { startsAtMs, endsAtMs } of found) {
      const hours = (endsAtMs - startsAtMs) / 3_600_000;
      if (hours !== 24) counts.set(hours, (counts.get(hours) ?? 0) + 1);
    }
    const expected = Object.entries(odd).filter(([, times]) => times > 0);
    expect([...counts].sort()).toEqual(expected.map(([hours, times]) => [Number(hours), times]).sort());
  });
});

it('moves midnight where a zone has left it out, and tiles ten years of such nights', () => {
  const daily = recurring('America/Sao_Paulo', [{ startTime: '00:00', durationSeconds: 86_400 }]);
  // São Paulo went from 23:59:59 to 01:00 each spring until 2018.
  expect(starts(daily, '2018-11-03T12:00:00Z', '2018-11-05T03:00:00Z')).toEqual([
    ['2018-11-03T03:00Z', '2018-11-04T03:00Z'],
    ['2018-11-04T03:00Z', '2018-11-05T02:00Z'],
    ['2018-11-05T02:00Z', '2018-11-06T02:00Z'],
  ]);
  const [fromMs, untilMs] = [Date.parse('2009-01-01T12:00:00Z'), Date.parse('2019-01-01T12:00:00Z')];
  const found = occurrences(daily, { fromMs, untilMs, publishedAtMs: 0 });
  for (const [at, next] of found.slice(1).entries()) expect(found[at]!.endsAtMs).toBe(next.startsAtMs);
  const hours = found.map(({ startsAtMs, endsAtMs }) => (endsAtMs - startsAtMs) / 3_600_000);
  expect([23, 25].map((length) => hours.filter((one) => one === length).length)).toEqual([10, 10]);
});

describe('rules that reach into the next start', () => {
  const hours = (count: number) => count * 3_600;
  it.each<[string, WindowRule[], boolean]>([
    ['a daily day', [{ startTime: '20:00', durationSeconds: hours(24) }], false],
    ['a daily day and an hour', [{ startTime: '20:00', durationSeconds: hours(25) }], true],
    ['a week, weekly', [{ startTime: '00:00', durationSeconds: hours(168), daysOfWeek: [3] }], false],
    ['more than a week, weekly', [{ startTime: '00:00', durationSeconds: hours(169), daysOfWeek: [3] }], true],
    ['28 days from the first', [{ startTime: '00:00', durationSeconds: hours(672), daysOfMonth: [1] }], false],
    ['29 days from the first', [{ startTime: '00:00', durationSeconds: hours(696), daysOfMonth: [1] }], true],
    [
      'a day on the last and on the first',
      [{ startTime: '00:00', durationSeconds: hours(24), daysOfMonth: [-1, 1] }],
      false,
    ],
    ['more than a day there', [{ startTime: '00:00', durationSeconds: hours(25), daysOfMonth: [-1, 1] }], true],
    ['31 days from the 31st', [{ startTime: '00:00', durationSeconds: hours(744), daysOfMonth: [31] }], false],
    ['31 December and 1 January', [{ startTime: '23:00', durationSeconds: hours(25), daysOfMonth: [1, 31] }], true],
    [
      'two rules beside each other',
      [
        { startTime: '10:00', durationSeconds: 3_600 },
        { startTime: '11:00', durationSeconds: 60 },
      ],
      false,
    ],
    [
      'two rules in each other',
      [
        { startTime: '10:00', durationSeconds: 3_601 },
        { startTime: '11:00', durationSeconds: 60 },
      ],
      true,
    ],
    [
      'two rules that are one',
      [
        { startTime: '10:00', durationSeconds: 60 },
        { startTime: '10:00', durationSeconds: 90_000 },
      ],
      false,
    ],
  ])('%s', (_name, rules, expected) => {
    expect(overlapsItself(recurring('Asia/Tokyo', rules))).toBe(expected);
  });
});
