/** A cell expected less often says too little by itself (Cochran's rule). */
const expectedMin = 5;
const iterationsMax = 10_000;
const precision = 1e-15;

export interface ChiSquared {
  chiSquared: number;
  degreesOfFreedom: number;
  pValue: number;
}

/** Pearson's test of counts against expected ones; cells expected fewer than five times are taken together. */
export function chiSquaredTest(cells: readonly { observed: number; expected: number }[]): ChiSquared {
  const rare = cells.filter(({ expected }) => expected < expectedMin);
  const common = cells.filter(({ expected }) => expected >= expectedMin);
  const rest = rare.reduce(
    (sum, cell) => ({ observed: sum.observed + cell.observed, expected: sum.expected + cell.expected }),
    { observed: 0, expected: 0 },
  );
  const tested = rest.expected > 0 ? [...common, rest] : common;
  const degreesOfFreedom = Math.max(0, tested.length - 1);
  const chiSquared = tested.reduce((sum, { observed, expected }) => sum + (observed - expected) ** 2 / expected, 0);
  if (degreesOfFreedom === 0) return { chiSquared: 0, degreesOfFreedom, pValue: 1 };
  return { chiSquared, degreesOfFreedom, pValue: upperGamma(degreesOfFreedom / 2, chiSquared / 2) };
}

/** The regularized upper incomplete gamma function Q(a, x), for a > 0 and x ≥ 0. */
export function upperGamma(a: number, x: number): number {
  if (x === 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x);
}

/** P(a, x) without its factor, by its series: quick where x is small. */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < iterationsMax && Math.abs(term) > Math.abs(sum) * precision; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Q(a, x) without its factor, by its continued fraction (Lentz): quick where x is large. */
function upperFraction(a: number, x: number): number {
  const tiny = Number.MIN_VALUE / precision;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < iterationsMax; n += 1) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / nonZero(factor * d + b, tiny);
    c = nonZero(b + factor / c, tiny);
    value *= c * d;
    if (Math.abs(c * d - 1) < precision) break;
  }
  return value;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** ln Γ(x) for x > 0, by Lanczos' approximation (g = 7, nine terms). */
export function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const sum = terms.reduce((total, term, at) => total + term / (x + at), 0.99999999999980993);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}
