import type { Uniform } from './random.js';
import {
  lateLabels,
  lowTraffic,
  mixShift,
  partialLabels,
  ramp,
  sharedOutages,
  sizesAt,
  steady,
  stickySessions,
  type Traffic,
} from './traffic.js';

/** A way in which traffic can look while the candidate is no worse than the baseline. */
export interface Scenario {
  readonly name: string;
  /** Success rate of both arms; where it moves, at the start. */
  readonly p: number;
  /** Share of the candidate, or the ramp 1, 5, 10, 25, 50 %. */
  readonly share: number | 'ramp';
  /** What is wrong with counting everything into one block, where that makes a difference. */
  readonly mistake?: 'without strata' | 'on calls';
  readonly traffic: (uniform: Uniform, looks: number) => Traffic;
}

const SUCCESS_RATES: readonly number[] = [0.9, 0.98, 0.999];
const SHARES: readonly number[] = [0.01, 0.05, 0.5];

/** The failure rate of both arms triples in the course of the ramp. */
export const TRIPLING = (rate: number, time: number): number => rate * (1 + 2 * time);

/** One bad spell in the middle of the ramp: three times as many failures at its worst. */
const DIP = (rate: number, time: number): number => rate * (2 - Math.cos(2 * Math.PI * time));

/** Every scenario of the false-alarm table. */
export const SCENARIOS: readonly Scenario[] = [
  ...SUCCESS_RATES.flatMap((p) => SHARES.map((share) => steadyScenario(p, share))),
  ...SUCCESS_RATES.map((p) => rampScenario('drift through a ramp', p, TRIPLING)),
  rampScenario('seasonal dip through a ramp', 0.98, DIP),
  ...SHARES.map((share) => mixScenario(share)),
  ...SHARES.map((share) => stickyScenario(share)),
  {
    name: 'shared outages',
    p: 0.98,
    share: 0.05,
    traffic: (uniform) => sharedOutages(uniform, sizesAt(0.05), 1 - 0.98),
  },
  {
    name: 'low traffic',
    p: 0.98,
    share: 0.1,
    traffic: (uniform, looks) => lowTraffic(uniform, looks, 0.1, 1 - 0.98),
  },
  {
    name: 'late labels',
    p: 0.98,
    share: 0.05,
    traffic: (uniform) => lateLabels(uniform, sizesAt(0.05), 1 - 0.98),
  },
  {
    name: 'partial labels',
    p: 0.98,
    share: 0.05,
    traffic: (uniform) => partialLabels(uniform, sizesAt(0.05), 1 - 0.98),
  },
];

function steadyScenario(p: number, share: number): Scenario {
  return { name: 'steady', p, share, traffic: (uniform) => steady(uniform, sizesAt(share), 1 - p) };
}

function rampScenario(name: string, p: number, rateAt: (rate: number, time: number) => number): Scenario {
  return {
    name,
    p,
    share: 'ramp',
    traffic: (uniform, looks) =>
      ramp(uniform, looks, (time) => {
        const rate = rateAt(1 - p, time);
        return { baseline: rate, candidate: rate };
      }),
  };
}

function mixScenario(share: number): Scenario {
  return {
    name: 'mix shift',
    p: 0.98,
    share,
    mistake: 'without strata',
    traffic: (uniform) => mixShift(uniform, sizesAt(share), 1 - 0.98),
  };
}

function stickyScenario(share: number): Scenario {
  return {
    name: 'sticky sessions',
    p: 0.98,
    share,
    mistake: 'on calls',
    traffic: (uniform) => stickySessions(uniform, sizesAt(share), 1 - 0.98),
  };
}
