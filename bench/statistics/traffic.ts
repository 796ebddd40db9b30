import type { ComparedCounts, FailureCounts } from '../../detectors/statistics/counts.js';
import { logBeta } from '../../detectors/statistics/special/beta.js';
import { BUCKET_SECONDS } from '../../src/model/index.js';
import { mergeForward } from '../../src/rollouts/index.js';
import { binomialSampler, drawBinomial, drawFrom } from './binomial.js';
import type { Uniform } from './random.js';

/** What one bucket of time brings. */
export interface Look {
  /** As the detectors count it: one block a stratum, units as they were assigned. */
  readonly blocks: readonly ComparedCounts[];
  /** Blocks of earlier looks as they were counted then, which are in `blocks` again with what has become known since. */
  readonly recounted?: readonly ComparedCounts[];
  /** As one would count it without strata and without sessions. */
  readonly pooled: ComparedCounts;
}

/** Both arms of one simulated run: look 0, 1, 2, … in order. */
export type Traffic = (look: number) => Look;

/** Units (calls or sessions) of both arms together in one look. */
const UNITS_A_LOOK = 100;

/** Shares of the candidate, each for a fifth of a run. */
const RAMP: readonly number[] = [0.01, 0.05, 0.1, 0.25, 0.5];

/** Sticky sessions: calls a session, and the correlation of two calls of the same session. */
const CALLS_A_SESSION = 10;
const SESSION_CORRELATION = 0.1;
/** Calls before, from and until: sessions within are compared with each other. */
const PROGRESS = [
  [0, 1],
  [1, 3],
  [3, 7],
  [7, CALLS_A_SESSION],
] as const;

/** Long contexts: their share in each arm, and how much more often they fail. */
const LONG_SHARE = { baseline: 0.1, candidate: 0.25 };
const LONG_FAILURE_FACTOR = 5;

/** Shared outages: how often, and how many calls fail then. */
const OUTAGE_SHARE = 0.01;
const OUTAGE_FAILURE_RATE = 0.5;

/** Tasks whose outcome is ever reported, by what it is: failures are reported twice as often. */
const LABELLED = { success: 0.3, failure: 0.6 };

/** Late labels: looks until each batch, and the part of what is still unlabelled that arrives with it. */
const LABEL_DELAYS: readonly number[] = [0, 10, 60];
const LABELS_ARRIVING = [
  { failure: 0.5, success: 0.1 },
  { failure: 0.5, success: 0.5 },
  { failure: 1, success: 1 },
];

/** Low traffic: calls a bucket. */
const CALLS_A_BUCKET = 0.5;
const NO_CALLS = { n: 0, failures: 0, scoreSum: 0 };

interface Sizes {
  readonly baseline: number;
  readonly candidate: number;
}

export function sizesAt(share: number): Sizes {
  const candidate = Math.round(UNITS_A_LOOK * share);
  return { baseline: UNITS_A_LOOK - candidate, candidate };
}

/** Constant failure rates of the two arms. */
export function steady(uniform: Uniform, sizes: Sizes, baselineRate: number, candidateRate = baselineRate): Traffic {
  const baseline = binomialSampler(sizes.baseline, baselineRate);
  const candidate = binomialSampler(sizes.candidate, candidateRate);
  return () => same(counts(sizes, baseline(uniform), candidate(uniform)));
}

/** The share grows through the ramp while the failure rate of both arms moves; `factor` maps the run's time, 0 to 1. */
export function ramp(
  uniform: Uniform,
  looks: number,
  rateAt: (time: number) => { readonly baseline: number; readonly candidate: number },
): Traffic {
  return (look) => {
    const sizes = sizesAt(RAMP[Math.floor((look * RAMP.length) / looks)] ?? 0.5);
    const rates = rateAt(look / looks);
    const baseline = drawBinomial(sizes.baseline, rates.baseline, uniform);
    return same(counts(sizes, baseline, drawBinomial(sizes.candidate, rates.candidate, uniform)));
  };
}

/** Both arms fail alike in every stratum, but the candidate gets more of the long contexts, which fail more. */
export function mixShift(uniform: Uniform, sizes: Sizes, rate: number): Traffic {
  const longBaseline = binomialSampler(sizes.baseline, LONG_SHARE.baseline);
  const longCandidate = binomialSampler(sizes.candidate, LONG_SHARE.candidate);
  const block = (part: Sizes, failureRate: number): ComparedCounts =>
    counts(part, drawBinomial(part.baseline, failureRate, uniform), drawBinomial(part.candidate, failureRate, uniform));
  return () => {
    const long = { baseline: longBaseline(uniform), candidate: longCandidate(uniform) };
    const short = { baseline: sizes.baseline - long.baseline, candidate: sizes.candidate - long.candidate };
    const blocks = [block(short, rate), block(long, rate * LONG_FAILURE_FACTOR)];
    return { blocks, pooled: pooled(blocks) };
  };
}

/**
 * Sessions of ten calls that tend to fail together (Beta-binomial), one call a look; as many begin in each look. Blocks are as
 * Leeway counts them: sessions until their first failure, beside those that had got as far.
 */
export function stickySessions(uniform: Uniform, sizes: Sizes, rate: number): Traffic {
  const concentration = 1 / SESSION_CORRELATION - 1;
  const [a, b] = [rate * concentration, (1 - rate) * concentration];
  const later = Array.from({ length: CALLS_A_SESSION }, (_, age) => laterFailures(a, b, age));
  const repeated = {
    baseline: new RepeatedFailures(later, uniform),
    candidate: new RepeatedFailures(later, uniform),
  };
  /** By age: sessions of each arm that have not failed, and that there were. */
  let clean: Sizes[] = [];
  const began: Sizes[] = [];
  return () => {
    began.unshift(sizes);
    began.length = Math.min(began.length, CALLS_A_SESSION);
    clean = [sizes, ...clean].slice(0, CALLS_A_SESSION);
    const firsts = clean.map(({ baseline, candidate }, age) => ({
      baseline: drawBinomial(baseline, a / (a + b + age), uniform),
      candidate: drawBinomial(candidate, a / (a + b + age), uniform),
    }));
    const blocks = PROGRESS.map(([from, until]) =>
      counts(
        total(clean.slice(from, until)),
        total(firsts.slice(from, until)).baseline,
        total(firsts.slice(from, until)).candidate,
      ),
    );
    clean = clean.map(({ baseline, candidate }, age) => ({
      baseline: baseline - (firsts[age]?.baseline ?? 0),
      candidate: candidate - (firsts[age]?.candidate ?? 0),
    }));
    const failed = (arm: keyof Sizes): number => {
      const again = repeated[arm].next();
      for (const [age, first] of firsts.entries()) repeated[arm].add(first[arm], age);
      return again + total(firsts)[arm];
    };
    return { blocks, pooled: counts(total(began), failed('baseline'), failed('candidate')) };
  };
}

/** Failures of sessions that have failed before: nothing to who counts sessions until their first failure. */
class RepeatedFailures {
  readonly #later: readonly Float64Array[];
  readonly #uniform: Uniform;
  /** In the next look, the one after it, … */
  readonly #coming: number[] = [];

  constructor(later: readonly Float64Array[], uniform: Uniform) {
    this.#later = later;
    this.#uniform = uniform;
  }

  /** Sessions that fail for the first time now, at this age: draws when their other failures will be. */
  add(sessions: number, age: number): void {
    const cumulative = this.#later[age];
    for (let session = 0; cumulative !== undefined && session < sessions; session++) {
      let failures = drawFrom(cumulative, this.#uniform());
      for (let left = CALLS_A_SESSION - age - 1; left > 0 && failures > 0; left--) {
        const ahead = CALLS_A_SESSION - age - 1 - left;
        if (this.#uniform() >= failures / left) continue;
        this.#coming[ahead] = (this.#coming[ahead] ?? 0) + 1;
        failures--;
      }
    }
  }

  /** Goes on to the next look. @returns its failures */
  next(): number {
    return this.#coming.shift() ?? 0;
  }
}

function total(sizes: readonly Sizes[]): Sizes {
  return {
    baseline: sizes.reduce((sum, { baseline }) => sum + baseline, 0),
    candidate: sizes.reduce((sum, { candidate }) => sum + candidate, 0),
  };
}

/** Cumulative distribution of the failures after a first one at this age: Beta-binomial, given what is known by then. */
function laterFailures(a: number, b: number, age: number): Float64Array {
  const left = CALLS_A_SESSION - age - 1;
  const [alpha, beta] = [a + 1, b + age];
  const cumulative = new Float64Array(left + 1);
  let ways = 1;
  let sum = 0;
  for (let k = 0; k <= left; k++) {
    sum += ways * Math.exp(logBeta(alpha + k, beta + left - k) - logBeta(alpha, beta));
    cumulative[k] = sum;
    ways *= (left - k) / (k + 1);
  }
  return cumulative;
}

/** Now and then half of all calls fail for a bucket, in both arms. */
export function sharedOutages(uniform: Uniform, sizes: Sizes, rate: number): Traffic {
  const usual = steady(uniform, sizes, rate);
  const outage = steady(uniform, sizes, OUTAGE_FAILURE_RATE);
  return (look) => (uniform() < OUTAGE_SHARE ? outage(look) : usual(look));
}

/**
 * Outcomes arrive in three batches, failures sooner: at once, 10 and 60 looks later. Blocks are counted again each time, as
 * the service closes a bucket again.
 */
export function lateLabels(uniform: Uniform, sizes: Sizes, rate: number): Traffic {
  const arriving = new Map<number, Recount[]>();
  const arm = (n: number): FailureCounts[] => batches(n, drawBinomial(n, rate, uniform), uniform);
  return (look) => {
    const [baseline, candidate] = [arm(sizes.baseline), arm(sizes.candidate)];
    let before: ComparedCounts = { baseline: NO_CALLS, candidate: NO_CALLS };
    for (const [index, delay] of LABEL_DELAYS.entries()) {
      const added = { baseline: baseline[index] ?? NO_CALLS, candidate: candidate[index] ?? NO_CALLS };
      const after = pooled([before, added]);
      const due = arriving.get(look + delay) ?? [];
      due.push({ before, after, added });
      arriving.set(look + delay, due);
      before = after;
    }
    const now = arriving.get(look) ?? [];
    arriving.delete(look);
    return {
      recounted: now.map((recount) => recount.before),
      blocks: now.map((recount) => recount.after),
      pooled: pooled(now.map((recount) => recount.added)),
    };
  };
}

interface Recount {
  readonly before: ComparedCounts;
  readonly after: ComparedCounts;
  readonly added: ComparedCounts;
}

/** Units and failures of an arm by the batch in which they are labelled. */
function batches(n: number, failures: number, uniform: Uniform): FailureCounts[] {
  let left = { failures, successes: n - failures };
  return LABELS_ARRIVING.map((arriving) => {
    const failed = drawBinomial(left.failures, arriving.failure, uniform);
    const succeeded = Math.round(left.successes * arriving.success);
    left = { failures: left.failures - failed, successes: left.successes - succeeded };
    return { n: failed + succeeded, failures: failed };
  });
}

/** Outcomes of most tasks never arrive, and of failed ones more do: alike in both arms. */
export function partialLabels(uniform: Uniform, sizes: Sizes, rate: number): Traffic {
  const arm = (n: number): FailureCounts => {
    const failed = drawBinomial(n, rate, uniform);
    const failures = drawBinomial(failed, LABELLED.failure, uniform);
    return { n: failures + drawBinomial(n - failed, LABELLED.success, uniform), failures };
  };
  return () => same({ baseline: arm(sizes.baseline), candidate: arm(sizes.candidate) });
}

/**
 * Hardly any calls: one in every second bucket. Buckets in which an arm is silent are joined as the service joins them.
 */
export function lowTraffic(uniform: Uniform, looks: number, share: number, rate: number): Traffic {
  const buckets = Array.from({ length: looks }, (_, index) => {
    const candidate = uniform() < share;
    const n = uniform() < CALLS_A_BUCKET ? 1 : 0;
    const failures = n > 0 && uniform() < rate ? 1 : 0;
    const call = { n, failures, scoreSum: n - failures };
    const arms = candidate ? { baseline: NO_CALLS, candidate: call } : { baseline: call, candidate: NO_CALLS };
    return { bucket: index * BUCKET_SECONDS, stratum: '', ...arms };
  });
  const joined = new Map(mergeForward(buckets).map((block) => [block.bucket, block]));
  return (look) => {
    const block = joined.get(look * BUCKET_SECONDS);
    const bucket = buckets[look] ?? { baseline: NO_CALLS, candidate: NO_CALLS };
    return { blocks: block === undefined ? [] : [block], pooled: bucket };
  };
}

function counts(sizes: Sizes, baselineFailures: number, candidateFailures: number): ComparedCounts {
  return {
    baseline: { n: sizes.baseline, failures: baselineFailures },
    candidate: { n: sizes.candidate, failures: candidateFailures },
  };
}

function same(block: ComparedCounts): Look {
  return { blocks: [block], pooled: block };
}

function pooled(blocks: readonly ComparedCounts[]): ComparedCounts {
  const baseline = { n: 0, failures: 0 };
  const candidate = { n: 0, failures: 0 };
  for (const block of blocks) {
    baseline.n += block.baseline.n;
    baseline.failures += block.baseline.failures;
    candidate.n += block.candidate.n;
    candidate.failures += block.candidate.failures;
  }
  return { baseline, candidate };
}
