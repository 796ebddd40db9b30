import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { betaQuantile, regularisedBeta } from '../../../detectors/statistics/special/beta.js';
import { chiSquaredSurvival } from '../../../detectors/statistics/special/chi-squared.js';
import { logGamma, regularisedGamma } from '../../../detectors/statistics/special/gamma.js';
import { normalCdf, normalQuantile, normalSurvival } from '../../../detectors/statistics/special/normal.js';
import { studentQuantile, studentSurvival } from '../../../detectors/statistics/special/student-t.js';

const anyShape = fc.double({ min: 0.1, max: 1e5, noNaN: true });
const anyProbability = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });

/** Within a relative error. */
function expectClose(got: number, expected: number, relative: number): void {
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}

describe('the normal distribution', () => {
  test('the quantile undoes the distribution in both tails', () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (x) => {
        expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThan(1e-9);
      }),
    );
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  });

  test('has no jump where the method changes', () => {
    expectClose(normalSurvival(2.5 - 1e-12), normalSurvival(2.5 + 1e-12), 1e-11);
  });
});

describe('gamma and beta', () => {
  test('Γ(x + 1) = x Γ(x)', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (x) => {
        expect(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x))).toBeLessThan(
          1e-12 * Math.max(1, logGamma(x + 1)),
        );
      }),
    );
  });

  test('both tails sum to 1, and the quantile undoes the distribution', () => {
    fc.assert(
      fc.property(anyShape, anyShape, anyProbability, (a, b, p) => {
        const x = betaQuantile(a, b, p);
        fc.pre(x > 0 && x < 1 - 1e-9);
        const { lower, upper } = regularisedBeta(a, b, x);
        expect(lower + upper).toBeCloseTo(1, 12);
        expectClose(p < 0.5 ? lower : upper, p < 0.5 ? p : 1 - p, 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  test('with whole shapes they are sums of Poisson and binomial probabilities', () => {
    let poisson = 0;
    for (let k = 0; k < 4; k++) poisson += Math.exp(-2.5 + k * Math.log(2.5) - logGamma(k + 1));
    expectClose(regularisedGamma(4, 2.5).upper, poisson, 1e-13);
    expectClose(chiSquaredSurvival(5, 8), poisson, 1e-13);
    expectClose(regularisedBeta(3, 1, 0.4).lower, 0.4 ** 3, 1e-13);
  });

  test("Student's t with one degree of freedom is Cauchy's law", () => {
    for (const t of [-3, 0.2, 40]) expectClose(studentSurvival(t, 1), 0.5 - Math.atan(t) / Math.PI, 1e-12);
    expectClose(studentQuantile(0.9, 1), Math.tan(0.4 * Math.PI), 1e-12);
  });
});

test.each([
  ['x', () => logGamma(0)],
  ['x', () => logGamma(Number.NaN)],
  ['a', () => regularisedGamma(-1, 1)],
  ['x', () => regularisedGamma(1, -1)],
  ['b', () => regularisedBeta(1, Number.NaN, 0.5)],
  ['x', () => regularisedBeta(1, 1, 1.5)],
  ['p', () => betaQuantile(1, 1, -0.1)],
  ['p', () => normalQuantile(Number.NaN)],
  ['degreesOfFreedom', () => studentSurvival(1, 0)],
  ['x', () => normalCdf(Number.NaN)],
])('an argument out of range is refused by its name: %s', (name, call) => {
  expect(call).toThrow(RangeError);
  expect(call).toThrow(new RegExp(`^${name} must`));
});
