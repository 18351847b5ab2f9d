import type { Ladder } from '@kraty/contracts/leaderboards';
import { moveOf, progressionLimits, sidesOf } from './ladder.js';

const ladder: Ladder = {
  itemKey: 'league_tier',
  promote: { places: 3 },
  relegate: { places: 2 },
  perDivision: { diamond: { promote: null }, bronze: { relegate: null, promote: { places: 5, amount: 2 } } },
};
const player = (rank: number, joinedOnly = false) => ({ rank, kind: 'player' as const, joinedOnly });

describe('a ladder (06 §9)', () => {
  it('moves players by their place among all rows, bots counted', () => {
    const sides = sidesOf(ladder, 'gold');
    const rows = Array.from({ length: 10 }, (_, at) => player(at + 1));
    const moves = rows.map((row) =>
      moveOf(row.rank === 2 || row.rank === 10 ? { ...row, kind: 'bot' } : row, sides, 10),
    );
    expect(moves).toEqual([1, 0, 1, 0, 0, 0, 0, 0, -1, 0]);
  });

  it('lets promotion win where both ends meet', () => {
    expect([1, 2, 3].map((rank) => moveOf(player(rank), sidesOf(ladder, null), 3))).toEqual([1, 1, 1]);
  });

  it('never promotes who has only joined, but relegates', () => {
    const sides = sidesOf(ladder, null);
    expect([moveOf(player(1, true), sides, 10), moveOf(player(10, true), sides, 10)]).toEqual([0, -1]);
    expect(moveOf(player(2, true), sides, 3)).toBe(-1);
  });

  it('has sides of its own in a division, or none', () => {
    expect(moveOf(player(1), sidesOf(ladder, 'diamond'), 10)).toBe(0);
    expect(moveOf(player(5), sidesOf(ladder, 'bronze'), 10)).toBe(2);
    expect(moveOf(player(10), sidesOf(ladder, 'bronze'), 10)).toBe(0);
    expect(progressionLimits(ladder, 'diamond')).toEqual({
      promotion: null,
      relegation: { places: 2, itemKey: 'league_tier' },
    });
    expect(sidesOf(ladder, 'toString')).toEqual(sidesOf(ladder, null));
  });
});
