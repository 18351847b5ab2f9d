import fc from 'fast-check';
import type { Segmentation } from '@kraty/contracts/leaderboards';
import { resourceId, type PlayerFacts } from '../conditions/player-facts.js';
import { cohortOf, seatPlayers } from './groups.js';
import { segmentOf } from './segment.js';

function facts(overrides: Partial<PlayerFacts> = {}): PlayerFacts {
  const nothing = { completions: new Map<string, number>(), amounts: new Map<string, number>() };
  return { nowMs: 0, context: {}, country: null, firstSeenAtMs: null, ...nothing, ...overrides };
}

const league: Segmentation = {
  type: 'progression',
  economyKey: 'league_tier',
  divisions: [
    { key: 'bronze', min: 0 },
    { key: 'silver', min: 1 },
    { key: 'gold', min: 2 },
    { key: 'diamond', min: 4 },
  ],
};
const tier = (balance: number) =>
  facts({ amounts: new Map([[resourceId({ type: 'economy', key: 'league_tier' }), balance]]) });

describe('the segment of a player', () => {
  it.each<[Segmentation, PlayerFacts, string | null]>([
    [league, facts(), 'bronze'],
    [league, tier(2), 'gold'],
    [league, tier(3), 'gold'],
    [league, tier(9), 'diamond'],
    [{ type: 'country' }, facts({ country: 'PT' }), 'PT'],
    [{ type: 'country' }, facts({ context: { country: 'PT' } }), 'ZZ'],
    [{ type: 'country', fallback: 'XX' }, facts(), 'XX'],
    [{ type: 'context', key: 'mode' }, facts({ context: { mode: ' hard ' } }), 'hard'],
    [{ type: 'context', key: 'mode' }, facts({ context: { mode: 7 } }), '7'],
    [{ type: 'context', key: 'mode' }, facts({ context: { mode: '  ' } }), null],
    [{ type: 'context', key: 'mode' }, facts({ context: { mode: ['hard'] } }), null],
    [
      { type: 'context', key: 'mode', values: ['soft'], fallback: 'soft' },
      facts({ context: { mode: 'hard' } }),
      'soft',
    ],
    [{ type: 'context', key: 'mode', values: ['soft'] }, facts({ context: { mode: 'hard' } }), null],
    [{ type: 'context', key: 'mode', fallback: 'any' }, facts({ context: { mode: 'x'.repeat(257) } }), 'any'],
    [
      { type: 'combined', axes: [{ type: 'context', key: 'mode' }, league] },
      { ...tier(2), context: { mode: 'a|b' } },
      'a%7Cb|gold',
    ],
    [{ type: 'combined', axes: [{ type: 'context', key: 'mode' }, league] }, tier(2), null],
    [{ type: 'none' }, facts(), null],
  ])('by %j', (segmentation, known, segment) => {
    expect(segmentOf(segmentation, known)).toBe(segment);
  });
});

describe('the cohort of a player', () => {
  const byMode = { by: 'context', key: 'mode', fallback: 'default' } as const;

  it.each([
    [{ by: 'arrival' } as const, { mode: 'hard' }, '*'],
    [byMode, { mode: 'hard' }, 'hard'],
    [byMode, { mode: true }, 'true'],
    [byMode, { mode: null }, 'default'],
    [byMode, {}, 'default'],
  ])('by %j of %j', (grouping, context, cohort) => {
    expect(cohortOf(grouping, facts({ context }))).toBe(cohort);
  });
});

describe('seating', () => {
  const rooms = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });

  it('fills the oldest groups first, opens as few as needed, and never overfills one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), rooms, fc.integer({ min: 1, max: 6 }), (count, free, capacity) => {
        const groups = free.map((room, at) => ({ leaderboardId: `old${at}`, ordinal: at, free: room }));
        const players = Array.from({ length: count }, (_, at) => `p${at}`);
        let made = 0;
        const next = { ordinal: groups.length, capacity, newId: () => `new${made++}` };
        const { seats, opened, taken } = seatPlayers([...players, ...players], groups, next);

        expect([...seats.keys()]).toEqual(players);
        expect([...taken.values()].reduce((sum, humans) => sum + humans, 0)).toBe(count);
        const all = [...groups, ...opened];
        const room = (id: string) => all.find(({ leaderboardId }) => leaderboardId === id)!.free;
        for (const { leaderboardId } of opened) expect(taken.get(leaderboardId)).toBeLessThanOrEqual(capacity);
        for (const { leaderboardId } of groups) {
          expect(taken.get(leaderboardId) ?? 0).toBeLessThanOrEqual(room(leaderboardId));
        }
        const left = free.reduce((sum, one) => sum + one, 0);
        expect(opened).toHaveLength(Math.ceil(Math.max(0, count - left) / capacity));
        const order = players.map((player) =>
          all.findIndex(({ leaderboardId }) => leaderboardId === seats.get(player)),
        );
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }),
    );
  });
});
