import { chiSquaredTest, logGamma, upperGamma } from './chi-squared.js';

describe('upperGamma', () => {
  // Critical values of the χ² distribution as they are printed in every table.
  it.each([
    [1, 3.841458820694124, 0.05],
    [1, 6.634896601021213, 0.01],
    [2, 5.991464547107979, 0.05],
    [5, 11.070497693516351, 0.05],
    [10, 18.307038053275146, 0.05],
    [10, 23.209251158954356, 0.01],
    [30, 43.77297182574219, 0.05],
    [100, 124.34211340400407, 0.05],
  ])('gives with %i degrees of freedom and χ² %f the p value %f', (degrees, chiSquared, pValue) => {
    expect(upperGamma(degrees / 2, chiSquared / 2)).toBeCloseTo(pValue, 10);
  });

  it('is e^-x for two degrees of freedom, and ends at 1 and 0', () => {
    for (const x of [0.1, 1, 2.5, 10, 50]) expect(upperGamma(1, x)).toBeCloseTo(Math.exp(-x), 12);
    expect(upperGamma(3, 0)).toBe(1);
    expect(upperGamma(3, 1_000)).toBeLessThan(1e-300);
  });

  it('knows the factorials', () => {
    expect(Math.exp(logGamma(5))).toBeCloseTo(24, 9);
    expect(Math.exp(logGamma(0.5))).toBeCloseTo(Math.sqrt(Math.PI), 12);
  });
});

describe('chiSquaredTest', () => {
  it('tests a die as textbooks do', () => {
    const observed = [5, 8, 9, 8, 10, 20];
    const { chiSquared, degreesOfFreedom, pValue } = chiSquaredTest(
      observed.map((count) => ({ observed: count, expected: 10 })),
    );
    expect([chiSquared, degreesOfFreedom]).toEqual([13.4, 5]);
    expect(pValue).toBeCloseTo(0.0199, 4);
  });

  it('takes rare cells together, and cannot tell anything of one cell', () => {
    const cells = [
      { observed: 90, expected: 92 },
      ...Array.from({ length: 4 }, () => ({ observed: 2.5, expected: 2 })),
    ];
    expect(chiSquaredTest(cells)).toMatchObject({ degreesOfFreedom: 1, chiSquared: 4 / 92 + 4 / 8 });
    expect(chiSquaredTest([{ observed: 3, expected: 3 }])).toEqual({ chiSquared: 0, degreesOfFreedom: 0, pValue: 1 });
  });
});
