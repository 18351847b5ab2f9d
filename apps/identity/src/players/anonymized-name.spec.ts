import { drawName } from './anonymized-name.js';
import { builtInPool } from '@kraty/contracts/identity';

const playerIds = Array.from(
  { length: 2_000 },
  (_, index) => `0198f090-0000-7000-8000-${String(index).padStart(12, '0')}`,
);

describe('drawName', () => {
  it('draws the same name for the same player', () => {
    expect(drawName(playerIds[0]!, builtInPool, false)).toBe(drawName(playerIds[0]!, builtInPool, false));
  });

  it('adds two to four digits where names are scarce', () => {
    for (const playerId of playerIds) {
      expect(drawName(playerId, ['Quiet Heron'], true)).toMatch(/^Quiet Heron [1-9]\d{1,3}$/);
    }
  });

  it('spreads players over the pool', () => {
    const names = new Set(playerIds.map((playerId) => drawName(playerId, builtInPool, false)));
    expect(names.size).toBeGreaterThan(1_300);
  });
});

describe('builtInPool', () => {
  it('has at least 200 different names that fit a display name', () => {
    expect(new Set(builtInPool).size).toBe(builtInPool.length);
    expect(builtInPool.length).toBeGreaterThanOrEqual(200);
    expect(builtInPool.every((name) => name.length <= 40)).toBe(true);
  });
});
