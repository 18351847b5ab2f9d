/** An exact rational number in lowest terms, never negative. */
export interface Fraction {
  numerator: bigint;
  denominator: bigint;
}

export const one: Fraction = { numerator: 1n, denominator: 1n };

export function fraction(numerator: bigint, denominator: bigint): Fraction {
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

export function times(left: Fraction, right: Fraction): Fraction {
  return fraction(left.numerator * right.numerator, left.denominator * right.denominator);
}

export function plus(left: Fraction, right: Fraction): Fraction {
  const numerator = left.numerator * right.denominator + right.numerator * left.denominator;
  return fraction(numerator, left.denominator * right.denominator);
}

/** The nearest double: scaled first, because both parts may be larger than doubles hold exactly. */
export function toNumber({ numerator, denominator }: Fraction): number {
  const scale = 1n << 64n;
  return Number((numerator * scale) / denominator) / Number(scale);
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
