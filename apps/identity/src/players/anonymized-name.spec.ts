import { drawNumber, withDigits } from './anonymized-name.js';
import { builtInPool } from '@kraty/contracts/identity';

const playerIds = Array.from(
  { length: 2_000 },
  (_, index) => `0198f090-0000-7000-8000-${String(index).padStart(12, '0')}`,
);

describe('the number a player draws by', () => {
  it('is the same for the same player', () => {
    expect(drawNumber(playerIds[0]!)).toBe(drawNumber(playerIds[0]!));
  });

  it('spreads players over the pool', () => {
    const names = new Set(playerIds.map((playerId) => builtInPool[drawNumber(playerId) % builtInPool.length]));
    expect(names.size).toBeGreaterThan(1_300);
  });
});

describe('withDigits', () => {
  it('adds two to four digits', () => {
    for (const playerId of playerIds) {
      expect(withDigits('Quiet Heron', playerId)).toMatch(/^Quiet Heron [1-9]\d{1,3}$/);
    }
  });
});

describe('builtInPool', () => {
  it('has at least 200 different names that fit a display name', () => {
    expect(new Set(builtInPool).size).toBe(builtInPool.length);
    expect(builtInPool.length).toBeGreaterThanOrEqual(200);
    expect(builtInPool.every((name) => name.length <= 40)).toBe(true);
  });
});
