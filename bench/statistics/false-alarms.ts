import { AlarmLog, type Rule } from './alarm-log.js';
import { HarmEvidence } from './harm-evidence.js';
import { seededUniform } from './random.js';
import {
  addToTotals,
  asymptoticAlarms,
  bayesAlarms,
  isEnoughData,
  NO_UNITS,
  naiveZAlarms,
  type Totals,
} from './rivals.js';
import type { Scenario } from './scenarios.js';
import type { SimulationSize } from './simulation-size.js';
import type { Look } from './traffic.js';

/** The level of the usual rules, and the kernel's for comparison with them. */
const COMPARED_ALPHA = 0.05;

/** The level of a rollback: one false one in 100 rollouts. */
const ROLLBACK_ALPHA = 0.01;

/** What a run has seen so far, in each of the ways in which it may be counted. */
class RunState {
  readonly evidence = new HarmEvidence();
  readonly evidenceOfPooled = new HarmEvidence();
  readonly totals: Totals = { ...NO_UNITS };
  readonly #countsPooled: boolean;

  constructor(scenario: Scenario) {
    this.#countsPooled = scenario.mistake !== undefined;
  }

  add({ blocks, recounted = [], pooled }: Look): void {
    for (const block of recounted) this.evidence.remove(block);
    for (const block of blocks) this.evidence.add(block);
    if (this.#countsPooled) this.evidenceOfPooled.add(pooled);
    addToTotals(this.totals, pooled);
  }
}

/** Kernel A at both levels, and what else is in use. The usual rules see everything pooled. */
const RULES: readonly Rule<RunState>[] = [
  ...[COMPARED_ALPHA, ROLLBACK_ALPHA].map((alpha) => ({
    method: 'kernel A',
    alpha,
    guaranteed: true,
    alarms: ({ evidence }: RunState) => evidence.reaches(Math.log(1 / alpha)),
  })),
  rival('naive z', ({ totals }) => naiveZAlarms(totals)),
  rival('naive z, gated', ({ totals }) => isEnoughData(totals) && naiveZAlarms(totals)),
  rival('Bayes P(worse) > 95 %, gated', ({ totals }) => isEnoughData(totals) && bayesAlarms(totals)),
  rival('asymptotic sequence', ({ totals }) => asymptoticAlarms(totals)),
  rival('asymptotic sequence, gated', ({ totals }) => isEnoughData(totals) && asymptoticAlarms(totals)),
];

function rival(method: string, alarms: (state: RunState) => boolean): Rule<RunState> {
  return { method, alpha: COMPARED_ALPHA, guaranteed: false, alarms };
}

function rulesFor(scenario: Scenario): readonly Rule<RunState>[] {
  if (scenario.mistake === undefined) return RULES;
  return [
    ...RULES,
    rival(`kernel A ${scenario.mistake}`, ({ evidenceOfPooled }) =>
      evidenceOfPooled.reaches(Math.log(1 / COMPARED_ALPHA)),
    ),
  ];
}

/** Every method on the same runs of a scenario in which there is nothing to find. */
export function falseAlarmsOf(scenario: Scenario, { runs, looks, seed }: SimulationSize): AlarmLog<RunState> {
  const log = new AlarmLog(rulesFor(scenario), looks);
  for (let run = 0; run < runs; run++) {
    const traffic = scenario.traffic(
      seededUniform(seed, `${scenario.name} ${scenario.p} ${scenario.share}`, run),
      looks,
    );
    const state = new RunState(scenario);
    log.run(state, (look) => state.add(traffic(look)));
  }
  return log;
}
