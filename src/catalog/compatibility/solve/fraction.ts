/** A positive number as JSON writes it, exactly. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Largest exponent of ten that is written out. */
const MAX_EXPONENT = 300;

/** @returns `null` for what is not a positive finite number, or too large or small to be worked with */
export function fractionOf(value: number): Fraction | null {
  const [, whole = '0', decimals = '', exponent = '0'] =
    /^(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(value)) ?? [];
  const shift = Number(exponent) - decimals.length;
  if (!(value > 0) || Math.abs(shift) > MAX_EXPONENT) return null;
  const digits = BigInt(whole + decimals);
  const power = 10n ** BigInt(Math.abs(shift));
  return shift >= 0
    ? reduced({ numerator: digits * power, denominator: 1n })
    : reduced({ numerator: digits, denominator: power });
}

export function sizeOf({ numerator, denominator }: Fraction): number {
  // Whole numbers exactly; others as JSON would read their decimals.
  if (denominator === 1n) return Number(numerator);
  return Number(numerator) / Number(denominator);
}

/** The smallest number that is a multiple of all; `null` when one of them is not known. */
export function leastCommonMultiple(fractions: readonly (Fraction | null)[]): Fraction | null {
  let least: Fraction | null = { numerator: 0n, denominator: 1n };
  for (const one of fractions) {
    if (one === null || least === null) return null;
    least = least.numerator === 0n ? one : commonMultiple(least, one);
  }
  return least;
}

function commonMultiple(a: Fraction, b: Fraction): Fraction {
  // lcm(a/b, c/d) = lcm(a, c) / gcd(b, d) for fractions in lowest terms.
  const numerator = (a.numerator / greatestCommonDivisor(a.numerator, b.numerator)) * b.numerator;
  return reduced({ numerator, denominator: greatestCommonDivisor(a.denominator, b.denominator) });
}

function reduced({ numerator, denominator }: Fraction): Fraction {
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
