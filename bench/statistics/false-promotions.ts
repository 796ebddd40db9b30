import type { ComparedCounts } from '../../detectors/statistics/counts.js';
import {
  type MarginEProcess,
  marginLogE,
  type ScoredBlock,
  startMarginEProcess,
  updateMarginEProcess,
} from '../../detectors/statistics/margin-e-value.js';
import { AlarmLog, type FalseAlarm, type Rule } from './alarm-log.js';
import { seededUniform, type Uniform } from './random.js';
import { TRIPLING } from './scenarios.js';
import type { SimulationSize } from './simulation-size.js';
import { ramp, sizesAt, steady, type Traffic } from './traffic.js';
import { summarise, type Waiting } from './units.js';

/** A candidate that is worse by exactly the margin: the hardest case that must not be promoted. */
interface MarginScenario {
  readonly name: string;
  readonly p: number;
  readonly share: number | 'ramp';
  readonly traffic: (uniform: Uniform, looks: number) => Traffic;
}

/** The margin of compliance and errors. */
const MARGIN = 0.02;
const ALPHAS: readonly number[] = [0.05, 0.01];

/** Looks at the baseline alone before the candidate appears: a few hundred calls to learn its rate from. */
const LOOKS_BEFORE = 3;

/** Candidate units after which a simulated healthy rollout is given up as never promoted. */
const MAX_UNITS = 1e6;

export const MARGIN_SCENARIOS: readonly MarginScenario[] = [
  ...[0.9, 0.98, 0.999].flatMap((p) =>
    [0.01, 0.05, 0.5].map((share) => ({
      name: 'worse by the margin',
      p,
      share,
      traffic: (uniform: Uniform) => steady(uniform, sizesAt(share), 1 - p, 1 - p + MARGIN),
    })),
  ),
  {
    name: 'worse by the margin, drift through a ramp',
    p: 0.98,
    share: 'ramp',
    traffic: (uniform, looks) =>
      ramp(uniform, looks, (time) => {
        const baseline = TRIPLING(1 - 0.98, time);
        return { baseline, candidate: baseline + MARGIN };
      }),
  },
];

const RULES: readonly Rule<PromotionState>[] = ALPHAS.map((alpha) => ({
  method: 'kernel B',
  alpha,
  guaranteed: true,
  alarms: ({ logE }) => logE >= Math.log(1 / alpha),
}));

/** Kernel B over the blocks of one run. */
class PromotionState {
  logE = 0;
  #process: MarginEProcess;

  constructor(process: MarginEProcess) {
    this.#process = process;
  }

  add(blocks: readonly ComparedCounts[]): void {
    for (const block of blocks) this.#process = updateMarginEProcess(this.#process, scored(block));
    this.logE = marginLogE([this.#process]);
  }
}

/** How often kernel B would promote, at any look, what it must not. */
export function falsePromotionsOf(scenario: MarginScenario, { runs, looks, seed }: SimulationSize): FalseAlarm[] {
  const log = new AlarmLog(RULES, looks);
  for (let run = 0; run < runs; run++) {
    const traffic = scenario.traffic(
      seededUniform(seed, `${scenario.name} ${scenario.p} ${scenario.share}`, run),
      looks,
    );
    const state = new PromotionState(warmProcess(MARGIN, () => traffic(0).pooled));
    log.run(state, (look) => state.add(traffic(look).blocks));
  }
  return log.rows(scenario);
}

/** Candidate units until kernel B lets a candidate that is as good as the baseline pass. */
export interface Promotion extends Waiting {
  readonly p: number;
  readonly share: number;
  readonly margin: number;
  readonly alpha: number;
  readonly runs: number;
}

/** Healthy candidates with the default margins of compliance (2 points) and task success (3 points). */
export const HEALTHY: readonly Pick<Promotion, 'p' | 'share' | 'margin'>[] = [
  { p: 0.98, share: 0.01, margin: 0.02 },
  { p: 0.98, share: 0.5, margin: 0.02 },
  { p: 0.999, share: 0.01, margin: 0.02 },
  { p: 0.95, share: 0.01, margin: 0.03 },
  { p: 0.9, share: 0.01, margin: 0.03 },
];

export function promotionOf(
  healthy: Pick<Promotion, 'p' | 'share' | 'margin'>,
  alpha: number,
  size: Pick<SimulationSize, 'runs' | 'seed'>,
): Promotion {
  const { p, share, margin } = healthy;
  const units = Array.from({ length: size.runs }, (_, run) => {
    const uniform = seededUniform(size.seed, `promotion ${p} ${share} ${margin}`, run);
    const sizes = { baseline: Math.round((1 - share) / share), candidate: 1 };
    return unitsToPromotion(steady(uniform, sizes, 1 - p), margin, Math.log(1 / alpha));
  });
  return { ...healthy, alpha, ...summarise(units), runs: size.runs };
}

function unitsToPromotion(traffic: Traffic, margin: number, logThreshold: number): number {
  const state = new PromotionState(warmProcess(margin, () => traffic(0).pooled));
  for (let units = 1; units <= MAX_UNITS; units++) {
    state.add(traffic(units).blocks);
    if (state.logE >= logThreshold) return units;
  }
  throw new Error(`no promotion within ${MAX_UNITS} candidate units`);
}

/** The baseline's rate is known a little before the candidate appears, as in any running deployment. */
function warmProcess(margin: number, next: () => ComparedCounts): MarginEProcess {
  let process = startMarginEProcess(margin);
  for (let look = 0; look < LOOKS_BEFORE; look++) {
    process = updateMarginEProcess(process, { ...scored(next()), candidate: { n: 0, scoreSum: 0 } });
  }
  return process;
}

export function scored({ baseline, candidate }: ComparedCounts): ScoredBlock {
  return {
    baseline: { n: baseline.n, scoreSum: baseline.n - baseline.failures },
    candidate: { n: candidate.n, scoreSum: candidate.n - candidate.failures },
  };
}
