import fc from 'fast-check';
import type { EventConfiguration, WindowRule } from '@kraty/contracts/events';
import { occurrences } from './occurrences.js';
import { nextPlanMs, occurrencesAPlanMax, planWindows, type PlannedRow, type WindowPlan } from './window-plan.js';

const hour = 3_600_000;
const noon = Date.parse('2026-06-01T12:00:00Z');

function series(windows: WindowRule[], scheduleAheadDays = 2): EventConfiguration {
  return {
    key: 'e',
    scheduleAheadDays,
    availability: { mode: 'recurring_windows', timezone: 'Europe/Lisbon', windows },
  };
}

function row(id: string, startsAtMs: number, endsAtMs: number, state: PlannedRow['state']): PlannedRow {
  return { id, startsAt: new Date(startsAtMs), endsAt: new Date(endsAtMs), state, hasOverride: false };
}

function isEmptyPlan({ inserts, moves, removals }: WindowPlan): boolean {
  return inserts.length + moves.length + removals.length === 0;
}

/** Does what a plan says, as the store would. */
function apply(rows: readonly PlannedRow[], configuration: EventConfiguration, nowMs: number): PlannedRow[] {
  return applied(rows, planWindows({ configuration, publishedAtMs: nowMs }, rows, nowMs));
}

function applied(rows: readonly PlannedRow[], { inserts, moves, removals }: WindowPlan): PlannedRow[] {
  const gone = new Set(removals);
  const kept = rows.filter(({ id }) => !gone.has(id));
  const moved = kept.map((row) => {
    const move = moves.find(({ id }) => id === row.id);
    return move === undefined ? row : { ...row, endsAt: new Date(move.endsAtMs) };
  });
  const added = inserts.map(({ startsAtMs, endsAtMs }): PlannedRow => {
    return row(`from ${startsAtMs}`, startsAtMs, endsAtMs, 'upcoming');
  });
  return [...moved, ...added].sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
}

/** What the clock does to rows between two plans. */
function atTime(rows: readonly PlannedRow[], nowMs: number): PlannedRow[] {
  return rows.map((row) => {
    if (row.endsAt.getTime() <= nowMs) return { ...row, state: 'finalized' };
    return row.startsAt.getTime() <= nowMs ? { ...row, state: 'open' } : row;
  });
}

describe('a plan of windows', () => {
  it('keeps an upcoming row whose start is still produced, with its end recomputed', () => {
    const rows = apply([], series([{ startTime: '18:00', durationSeconds: 3_600 }]), noon);
    const longer = planWindows(
      { configuration: series([{ startTime: '18:00', durationSeconds: 7_200 }]), publishedAtMs: noon },
      rows,
      noon,
    );
    expect(longer).toMatchObject({ inserts: [], removals: [] });
    expect(longer.moves).toEqual(rows.map(({ id, endsAt }) => ({ id, endsAtMs: endsAt.getTime() + hour })));
  });

  it('makes windows beyond the horizon that are asked for, where the rules produce one, and keeps them', () => {
    const configuration = series([{ startTime: '18:00', durationSeconds: 3_600 }]);
    const event = { configuration, publishedAtMs: noon };
    const rows = apply([], configuration, noon);
    const [far, never] = [Date.parse('2026-06-20T17:00:00Z'), Date.parse('2026-06-20T17:30:00Z')];
    const also = new Set([rows[0]!.startsAt.getTime(), far, never]);
    const plan = planWindows(event, rows, noon, { also });
    expect(plan).toEqual({
      inserts: [{ startsAtMs: far, endsAtMs: far + hour }],
      moves: [],
      removals: [],
      nextFromMs: null,
    });
    const withFar = [...rows, row('far', far, far + hour, 'upcoming')];
    expect(isEmptyPlan(planWindows(event, withFar, noon, { also }))).toBe(true);
    expect(planWindows(event, withFar, noon).removals).toEqual(['far']);
  });

  it('opens a fixed window and an always-on one only once', () => {
    const past = row('past', 0, hour, 'finalized');
    const fixed: EventConfiguration = {
      key: 'e',
      availability: { mode: 'fixed_window', startsAt: '2026-06-02T00:00:00Z', endsAt: '2026-06-03T00:00:00Z' },
    };
    expect(isEmptyPlan(planWindows({ configuration: fixed, publishedAtMs: 0 }, [past], noon))).toBe(true);
    expect(planWindows({ configuration: fixed, publishedAtMs: 0 }, [], noon).inserts).toHaveLength(1);
  });

  it('makes a fixed window that began before 1970', () => {
    const availability = {
      mode: 'fixed_window',
      startsAt: '1969-07-20T00:00:00Z',
      endsAt: '2030-01-01T00:00:00Z',
    } as const;
    const { inserts } = planWindows({ configuration: { key: 'e', availability }, publishedAtMs: 0 }, [], noon);
    expect(inserts).toHaveLength(1);
  });

  it('lowers the horizon without taking a row that has an override, and moves its end when the rule is edited', () => {
    const [short, long] = [
      { startTime: '18:00', durationSeconds: 3_600 },
      { startTime: '18:00', durationSeconds: 7_200 },
    ];
    const rows = apply([], series([short], 4), noon).map((one, at) => ({ ...one, hasOverride: at === 2 }));
    const lowered = planWindows({ configuration: series([short], 1), publishedAtMs: noon }, rows, noon);
    expect(lowered).toEqual({ inserts: [], moves: [], removals: [rows[1]!.id, rows[3]!.id], nextFromMs: null });
    const kept = apply(rows, series([long], 1), noon);
    expect(kept.map(({ id }) => id)).toEqual([rows[0]!.id, rows[2]!.id]);
    expect(kept[1]!.endsAt.getTime()).toBe(rows[2]!.endsAt.getTime() + hour);
    expect(isEmptyPlan(planWindows({ configuration: series([long], 1), publishedAtMs: noon }, kept, noon))).toBe(true);
  });

  it('takes an overridden row whose start the rules do not produce any more', () => {
    const rows = apply([], series([{ startTime: '18:00', durationSeconds: 3_600 }]), noon).map((one) => ({
      ...one,
      hasOverride: true,
    }));
    const moved = planWindows(
      { configuration: series([{ startTime: '18:01', durationSeconds: 3_600 }]), publishedAtMs: noon },
      rows,
      noon,
    );
    expect(moved.removals).toEqual(rows.map(({ id }) => id));
  });

  it('never lets windows overlap, whatever is edited whenever, and says nothing the second time', () => {
    const twoDigits = (number: number) => String(number).padStart(2, '0');
    const anyRule = fc.record({
      startTime: fc.tuple(fc.nat(23), fc.nat(59)).map(([h, m]) => `${twoDigits(h)}:${twoDigits(m)}`),
      durationSeconds: fc.constantFrom(600, 3_600, 20_000, 86_400, 200_000),
    });
    const anyEdits = fc.array(
      fc.record({
        rules: fc.array(anyRule, { minLength: 1, maxLength: 3 }),
        days: fc.integer({ min: 1, max: 4 }),
        laterMs: fc.nat(2 * 24 * hour),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(anyEdits, (edits) => {
        let rows: PlannedRow[] = [];
        let nowMs = noon;
        for (const { rules, days, laterMs } of edits) {
          nowMs += laterMs;
          rows = apply(atTime(rows, nowMs), series(rules, days), nowMs);
          expect(
            isEmptyPlan(planWindows({ configuration: series(rules, days), publishedAtMs: nowMs }, rows, nowMs)),
          ).toBe(true);
          for (const [at, next] of rows.slice(1).entries()) {
            expect(rows[at]?.endsAt.getTime()).toBeLessThanOrEqual(next.startsAt.getTime());
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('more occurrences than one plan finds', () => {
  const startTimes = Array.from({ length: 32 }, (_, at) => {
    return `${String(Math.floor(at / 2)).padStart(2, '0')}:${at % 2 === 0 ? '00' : '30'}`;
  });
  const rulesOf = (durationSeconds: number) => startTimes.map((startTime) => ({ startTime, durationSeconds }));
  const year = series(rulesOf(600), 365);

  /** Plan after plan, as the rounds of the worker make them. */
  function inParts(before: readonly PlannedRow[], configuration: EventConfiguration, nowMs: number) {
    let rows = [...before];
    let fromMs: number | null = nowMs;
    let plans = 0;
    while (fromMs !== null) {
      const plan: WindowPlan = planWindows({ configuration, publishedAtMs: nowMs }, rows, nowMs, { fromMs });
      expect(plan.inserts.length).toBeLessThanOrEqual(occurrencesAPlanMax);
      rows = applied(rows, plan);
      fromMs = plan.nextFromMs;
      plans += 1;
    }
    return { rows, plans };
  }

  it('are found part by part, with nothing left out, and the second time there is nothing to do', () => {
    const { rows, plans } = inParts([], year, noon);
    const range = { fromMs: noon, untilMs: noon + 365 * 24 * hour, publishedAtMs: noon };
    const all = occurrences(year.availability!, range);
    expect(all.length).toBeGreaterThan(11_000);
    expect(rows.map(({ startsAt, endsAt }) => [startsAt.getTime(), endsAt.getTime()])).toEqual(
      all.map(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs]),
    );
    expect(plans).toBe(25);
    expect(inParts(rows, year, noon).rows).toEqual(rows);
  });

  it('are judged part by part after an edit, but what is beyond the horizon goes with the first', () => {
    const { rows } = inParts([], year, noon);
    const longer = series(rulesOf(1_200), 30);
    const first = planWindows({ configuration: longer, publishedAtMs: noon }, rows, noon);
    expect(first.inserts).toEqual([]);
    expect(first.moves.length).toBeLessThanOrEqual(occurrencesAPlanMax);
    expect(first.removals.length).toBeGreaterThan(10_000);
    const edited = inParts(rows, longer, noon).rows;
    expect(edited).toEqual(inParts([], longer, noon).rows);
  });
});

describe('the next look at an event', () => {
  const day = 24 * hour;
  const daily = series([{ startTime: '18:00', durationSeconds: 3_600 }], 2);

  it('is when the next occurrence comes within the horizon, and not before', () => {
    const lookMs = nextPlanMs({ configuration: daily, publishedAtMs: noon }, noon)!;
    expect(new Date(lookMs).toISOString()).toBe('2026-06-01T17:00:00.000Z');
    const rows = apply([], daily, noon);
    const planAt = (nowMs: number) => planWindows({ configuration: daily, publishedAtMs: noon }, rows, nowMs);
    expect(isEmptyPlan(planAt(lookMs - 1))).toBe(true);
    expect(planAt(lookMs).inserts).toHaveLength(1);
  });

  it('is the end of the last occurrence of a series, then never again', () => {
    const availability = { ...daily.availability!, endsOn: '2026-06-02' } as typeof daily.availability;
    const event = { configuration: { ...daily, availability }, publishedAtMs: noon };
    expect(new Date(nextPlanMs(event, noon)!).toISOString()).toBe('2026-06-02T18:00:00.000Z');
    expect(nextPlanMs(event, noon + 2 * day)).toBeNull();
  });

  it('is the start of a fixed window beyond the horizon, then its end; an always-on event needs none', () => {
    const fixed: EventConfiguration = {
      key: 'e',
      scheduleAheadDays: 1,
      availability: { mode: 'fixed_window', startsAt: '2026-06-09T00:00:00.000Z', endsAt: '2026-06-10T00:00:00.000Z' },
    };
    expect(new Date(nextPlanMs({ configuration: fixed, publishedAtMs: noon }, noon)!).toISOString()).toBe(
      '2026-06-08T00:00:00.000Z',
    );
    const later = Date.parse('2026-06-08T00:00:00Z');
    expect(new Date(nextPlanMs({ configuration: fixed, publishedAtMs: noon }, later)!).toISOString()).toBe(
      '2026-06-10T00:00:00.000Z',
    );
    const always: EventConfiguration = { key: 'e', availability: { mode: 'always_on' } };
    expect(nextPlanMs({ configuration: always, publishedAtMs: noon }, noon)).toBeNull();
  });
});
