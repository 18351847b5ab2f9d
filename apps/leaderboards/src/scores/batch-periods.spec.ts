import { definitionOf } from '../definitions/definition.js';
import { BatchPeriods } from './batch-periods.js';

const game = { studioId: '01890000-0000-7000-8000-000000000001', gameId: '01890000-0000-7000-8000-000000000002' };
const weekly = definitionOf(game, '01890000-0000-7000-8000-000000000003', {
  key: 'weekly',
  name: 'Weekly',
  resetCadence: 'weekly',
});
const mondayMs = Date.parse('2026-06-01T00:00:00Z');
const weekMs = 7 * 86_400_000;

describe('the periods of a batch of writes', () => {
  it('are found once, and anew for a write beyond the end of the one before', () => {
    const periods = new BatchPeriods();
    const first = periods.of(weekly, 'live', mondayMs);
    expect(first.period).toEqual({ startMs: mondayMs, endMs: mondayMs + weekMs });
    expect(periods.of(weekly, 'live', mondayMs + weekMs - 1)).toBe(first);
    expect(periods.of(weekly, 'live', mondayMs + weekMs).period.startMs).toBe(mondayMs + weekMs);
    expect(periods.of(weekly, 'live', mondayMs - 1).period.startMs).toBe(mondayMs - weekMs);
  });

  it('differ by environment', () => {
    const periods = new BatchPeriods();
    expect(periods.of(weekly, 'live', mondayMs).environment).toBe('live');
    expect(periods.of(weekly, 'test', mondayMs).environment).toBe('test');
  });
});
