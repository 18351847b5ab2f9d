import { MovableClock, SystemClock } from './index.js';

describe('Clock', () => {
  it('tells the time of the system', () => {
    const sut = new SystemClock();
    const beforeMs = Date.now();
    expect(sut.nowMs()).toBeGreaterThanOrEqual(beforeMs);
    expect(sut.now()).toBeInstanceOf(Date);
  });

  it('stands still until a test moves it', () => {
    const sut = new MovableClock(new Date('2026-06-08T12:00:00.000Z'));
    expect(sut.now().toISOString()).toBe('2026-06-08T12:00:00.000Z');
    sut.advance(1_500);
    expect(sut.now().toISOString()).toBe('2026-06-08T12:00:01.500Z');
    sut.set(new Date('2030-01-01T00:00:00.000Z'));
    expect(sut.nowMs()).toBe(Date.UTC(2030, 0, 1));
  });
});
