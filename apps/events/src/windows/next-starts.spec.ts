import { NextStarts } from './next-starts.js';
import { nextStartMs } from './occurrences.js';

const daily = {
  mode: 'recurring_windows' as const,
  timezone: 'UTC',
  windows: [{ startTime: '12:00', durationSeconds: 60 }],
};
const at = (text: string): number => Date.parse(text);

describe('NextStarts', () => {
  it('looks once for all who ask before the next start', () => {
    let looks = 0;
    const sut = new NextStarts((availability, nowMs) => {
      looks += 1;
      return nextStartMs(availability, nowMs);
    });
    const morning = at('2026-06-01T06:00:00Z');
    expect(sut.after(morning, 'e:1', daily)).toBe(at('2026-06-01T12:00:00Z'));
    expect(sut.after(morning + 1, 'e:1', daily)).toBe(at('2026-06-01T12:00:00Z'));
    expect(looks).toBe(1);
  });

  it('looks again when that start has come, when the clock was set back, and for another revision', () => {
    const sut = new NextStarts();
    sut.after(at('2026-06-02T06:00:00Z'), 'e:1', daily);
    expect(sut.after(at('2026-06-02T12:00:00Z'), 'e:1', daily)).toBe(at('2026-06-03T12:00:00Z'));
    expect(sut.after(at('2026-06-01T06:00:00Z'), 'e:1', daily)).toBe(at('2026-06-01T12:00:00Z'));
    expect(sut.after(at('2026-06-01T06:00:00Z'), 'e:2', { mode: 'always_on' })).toBeNull();
  });
});
