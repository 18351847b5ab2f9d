import fc from 'fast-check';
import type { EventConfiguration, WindowRule } from '@kraty/contracts/events';
import { isEmptyPlan, planWindows, type PlannedRow } from './window-plan.js';

const hour = 3_600_000;
const noon = Date.parse('2026-06-01T12:00:00Z');

function series(windows: WindowRule[], scheduleAheadDays = 2): EventConfiguration {
  return {
    key: 'e',
    scheduleAheadDays,
    availability: { mode: 'recurring_windows', timezone: 'Europe/Lisbon', windows },
  };
}

/** Does what a plan says, as the store would. */
function apply(rows: readonly PlannedRow[], configuration: EventConfiguration, nowMs: number): PlannedRow[] {
  const { inserts, moves, removals } = planWindows({ configuration, publishedAtMs: nowMs }, rows, nowMs);
  const kept = rows.filter(({ id }) => !removals.includes(id));
  const moved = kept.map((row) => {
    const move = moves.find(({ id }) => id === row.id);
    return move === undefined ? row : { ...row, endsAt: new Date(move.endsAtMs) };
  });
  const added = inserts.map(({ startsAtMs, endsAtMs }): PlannedRow => {
    return { id: `from ${startsAtMs}`, startsAt: new Date(startsAtMs), endsAt: new Date(endsAtMs), state: 'upcoming' };
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

  it('opens a fixed window and an always-on one only once', () => {
    const past: PlannedRow = { id: 'past', startsAt: new Date(0), endsAt: new Date(hour), state: 'finalized' };
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
