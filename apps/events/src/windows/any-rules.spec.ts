import fc from 'fast-check';
import type { Availability, WindowRule } from '@kraty/contracts/events';
import { beginsAt, occurrences } from './occurrences.js';

const day = 86_400_000;

function recurring(timezone: string, windows: WindowRule[], limits: { startsOn?: string; endsOn?: string } = {}) {
  return { mode: 'recurring_windows', timezone, windows, ...limits } satisfies Availability;
}

describe('for any rules', () => {
  const zones = [
    'America/New_York',
    'Europe/Lisbon',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/Sao_Paulo',
    'Pacific/Apia',
  ];
  const twoDigits = (number: number) => String(number).padStart(2, '0');
  const anyRule = fc.record(
    {
      startTime: fc.tuple(fc.nat(23), fc.nat(59)).map(([hour, minute]) => `${twoDigits(hour)}:${twoDigits(minute)}`),
      durationSeconds: fc.oneof(fc.integer({ min: 60, max: 200_000 }), fc.constantFrom(86_400, 172_800, 604_800)),
      daysOfWeek: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 7 }),
      durationMode: fc.constantFrom('elapsed' as const, 'calendar' as const),
    },
    { requiredKeys: ['startTime', 'durationSeconds'] },
  );
  const anySeries = fc.tuple(fc.constantFrom(...zones), fc.array(anyRule, { minLength: 1, maxLength: 4 }));
  // Ten years, so that every change of every zone is met.
  const anyInstant = fc.integer({ min: Date.parse('2020-01-01T00:00:00Z'), max: Date.parse('2030-01-01T00:00:00Z') });

  it('windows never overlap and always have a length', () => {
    fc.assert(
      fc.property(anySeries, anyInstant, ([timezone, rules], fromMs) => {
        const found = occurrences(recurring(timezone, rules), { fromMs, untilMs: fromMs + 20 * day, publishedAtMs: 0 });
        for (const [at, window] of found.entries()) {
          expect(window.endsAtMs).toBeGreaterThan(window.startsAtMs);
          expect(window.endsAtMs).toBeLessThanOrEqual(found[at + 1]?.startsAtMs ?? Infinity);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('daily 24-hour windows leave no hole', () => {
    const anyStart = fc
      .tuple(fc.nat(23), fc.nat(59))
      .map(([hour, minute]) => `${twoDigits(hour)}:${twoDigits(minute)}`);
    fc.assert(
      fc.property(fc.constantFrom(...zones), anyStart, anyInstant, (timezone, startTime, fromMs) => {
        const daily = recurring(timezone, [{ startTime, durationSeconds: 86_400 }]);
        const found = occurrences(daily, { fromMs, untilMs: fromMs + 20 * day, publishedAtMs: 0 });
        expect(found[0]?.startsAtMs).toBeLessThanOrEqual(fromMs);
        for (const [at, next] of found.slice(1).entries()) expect(found[at]?.endsAtMs).toBe(next.startsAtMs);
      }),
      { numRuns: 150 },
    );
  });

  it('the windows of a range do not depend on where the range begins', () => {
    fc.assert(
      fc.property(
        anySeries,
        anyInstant,
        fc.integer({ min: 0, max: 10 * day }),
        ([timezone, rules], fromMs, laterMs) => {
          const availability = recurring(timezone, rules);
          const untilMs = fromMs + 20 * day;
          const all = occurrences(availability, { fromMs, untilMs, publishedAtMs: 0 });
          const later = occurrences(availability, { fromMs: fromMs + laterMs, untilMs, publishedAtMs: 0 });
          expect(later).toEqual(all.filter(({ endsAtMs }) => endsAtMs > fromMs + laterMs));
        },
      ),
      { numRuns: 80 },
    );
  });

  it('an instant begins a window exactly when it is found among the windows', () => {
    const dates = fc.constantFrom({}, { startsOn: '2026-03-08' }, { endsOn: '2026-03-08' });
    // Nights on which the clocks of these zones change.
    const nights = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'];
    const anyDate = fc.oneof(
      anyInstant,
      fc.constantFrom(...nights).map((date) => Date.parse(`${date}T00:00:00Z`) - 1.5 * day),
    );
    fc.assert(
      fc.property(anySeries, dates, anyDate, ([timezone, rules], limits, fromMs) => {
        const availability = recurring(timezone, rules, limits);
        const found = occurrences(availability, { fromMs, untilMs: fromMs + 4 * day, publishedAtMs: 0 });
        const later = found.filter(({ startsAtMs }) => startsAtMs >= fromMs).map(({ startsAtMs }) => startsAtMs);
        for (const startsAtMs of later) expect(beginsAt(availability, startsAtMs)).toBe(true);
        // Half an hour beside them lies what a gap or a repeated hour could be mistaken for.
        for (const startsAtMs of later.flatMap((ms) => [
          ms - 3_600_000,
          ms - 1_800_000,
          ms + 1_800_000,
          ms + 3_600_000,
        ])) {
          const isWithin = startsAtMs >= fromMs && startsAtMs <= fromMs + 4 * day;
          if (isWithin) expect(beginsAt(availability, startsAtMs)).toBe(later.includes(startsAtMs));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('what a spring gap skips begins where it moves to, beside what begins there anyway', () => {
    const skipped = recurring('America/New_York', [{ startTime: '02:30', durationSeconds: 60 }]);
    const there = recurring('America/New_York', [{ startTime: '03:30', durationSeconds: 60 }]);
    const twice = recurring('America/New_York', [{ startTime: '01:30', durationSeconds: 60 }]);
    const at = (iso: string) => [skipped, there, twice].map((rules) => beginsAt(rules, Date.parse(iso)));
    expect(at('2026-03-08T07:30:00Z')).toEqual([true, true, false]);
    expect(at('2026-11-01T05:30:00Z')).toEqual([false, false, true]);
    expect(at('2026-11-01T06:30:00Z')).toEqual([false, false, false]);
  });
});
