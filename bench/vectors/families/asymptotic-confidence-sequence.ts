import {
  type AsymptoticSequence,
  asymptoticDifference,
  halfWidth,
  halfWidthAtScale,
  mixtureScale,
  type SequentialDifference,
} from '../../../detectors/statistics/asymptotic-confidence-sequence.js';
import { meanDifference } from '../../../detectors/statistics/reference/t-test.js';
import { studentQuantile, studentSurvival } from '../../../detectors/statistics/special/student-t.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, pair, quantities } from '../family.js';
import { momentsFromSums } from './t-tests.js';

function ofHalfWidth(input: CaseInput): Answer {
  const sequence = (sides: 1 | 2): AsymptoticSequence => ({
    alpha: input.number('alpha'),
    tightestAt: input.number('Nstar'),
    sides,
  });
  const width = (sides: 1 | 2): number => halfWidth(input.number('s2'), input.number('N'), sequence(sides));
  return quantities({
    rho_two_sided: () => mixtureScale(sequence(2)),
    rho_one_sided: () => mixtureScale(sequence(1)),
    halfwidth_two_sided: () => width(2),
    halfwidth_one_sided: () => width(1),
  });
}

/** side "greater" bounds the difference from below, "lesser" from above. */
function ofSums(input: CaseInput): Answer {
  const side = input.text('side', 'both');
  const sequence: AsymptoticSequence = {
    alpha: input.number('alpha', 0.05),
    tightestAt: input.number('Nstar'),
    sides: side === 'both' || side === 'two-sided' ? 2 : 1,
  };
  const baseline = momentsFromSums(input, 'a');
  const candidate = momentsFromSums(input, 'b');
  const bounded = side === 'lesser' ? 'upper' : 'lower';
  const difference = asymptoticDifference(baseline, candidate, sequence, input.flag('relative'), bounded);
  const units = baseline.n + candidate.n;
  return quantities({
    diff: () => difference.difference,
    se: () => difference.standardError,
    ci: () => pair(difference),
    ci_low: () => difference.lower,
    ci_high: () => difference.upper,
    p: () => (sequence.sides === 2 ? difference.p : growthBookP(difference, units, sequence, bounded)),
  });
}

/** Levels between which the oracle searches, and the distance from 0 with which it is content. */
const SMALLEST_LEVEL = 1e-5;
const LARGEST_LEVEL = 0.4999;
const CONTENT = 1e-6;

/**
 * The one-sided p as the oracle (GrowthBook) searches it: it halves a range of levels until the interval's end is within
 * 1e-6 of 0, then takes the middle of what is left, which may be a ten-thousandth off. Leeway's own is in closed form.
 */
function growthBookP(
  { difference, standardError }: SequentialDifference,
  units: number,
  sequence: AsymptoticSequence,
  bounded: 'lower' | 'upper',
): number {
  const distance = bounded === 'lower' ? difference : -difference;
  const rho = mixtureScale(sequence);
  const end = (alpha: number): number =>
    distance - halfWidthAtScale(standardError ** 2 * units, units, rho, { alpha, sides: 1 });
  if (end(SMALLEST_LEVEL) > 0) return SMALLEST_LEVEL;
  if (end(LARGEST_LEVEL) < 0) return LARGEST_LEVEL;
  let [low, high] = [SMALLEST_LEVEL, LARGEST_LEVEL];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    const off = end(middle);
    if (off < 0) low = middle;
    else high = middle;
    if (Math.abs(off) < CONTENT) break;
  }
  return (low + high) / 2;
}

/** The same comparison at one look, by Welch's t. */
function fixedSample(input: CaseInput): Answer {
  const alpha = input.number('alpha', 0.05);
  const side = input.text('side', 'both');
  const result = meanDifference(
    momentsFromSums(input, 'a'),
    momentsFromSums(input, 'b'),
    alpha,
    input.flag('relative'),
  );
  const half = studentQuantile(1 - alpha, result.degreesOfFreedom) * result.standardError;
  const t = result.difference / result.standardError;
  return quantities({
    diff: () => result.difference,
    se: () => result.standardError,
    ci_low: () => (side === 'both' ? result.lower : result.difference - half),
    ci_high: () => (side === 'both' ? result.upper : result.difference + half),
    p: () => (side === 'both' ? result.p : studentSurvival(side === 'lesser' ? -t : t, result.degreesOfFreedom)),
  });
}

export const asymptoticConfidenceSequence: Family = {
  name: 'asymptotic_confidence_sequence',
  kinds: [
    { needs: ['s2', 'N', 'Nstar'], answer: ofHalfWidth },
    { needs: ['n_a', 'n_b', 'fixed'], answer: fixedSample },
    { needs: ['n_a', 'n_b'], answer: ofSums },
  ],
};
