import {
  type DesignedCounts,
  groupedLogistic,
  likelihoodRatioTest,
} from '../../../detectors/statistics/attribution/grouped-logistic.js';
import { kitagawa } from '../../../detectors/statistics/attribution/kitagawa.js';
import { shapley } from '../../../detectors/statistics/attribution/shapley.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

function ofStrata(input: CaseInput): Answer {
  const split = kitagawa({
    baselineShares: input.numbers('w0'),
    baselineRates: input.numbers('p0'),
    candidateShares: input.numbers('w1'),
    candidateRates: input.numbers('p1'),
  });
  return quantities({
    total: () => split.total,
    mix_effect: () => split.mix,
    rate_effect: () => split.behaviour,
    mix_effect_by_stratum: () => split.mixByStratum,
    rate_effect_by_stratum: () => split.behaviourByStratum,
    standardised_rate_baseline_weights: () => split.standardisedByBaseline,
  });
}

/** Coalitions are keyed by their members' names in alphabetical order, joined by commas. */
function ofCoalitions(input: CaseInput): Answer {
  const surfaces = input.texts('surfaces');
  const values = input.inner('value_of_coalition');
  const worthOf = (members: readonly string[]): number => values.number([...members].sort().join(','));
  return quantities({
    shapley: () => Object.fromEntries(shapley(surfaces, worthOf)),
    total: () => worthOf(surfaces) - worthOf([]),
  });
}

/** Rows of a design with trials and events, under whichever names the file gives them. */
function ofDesign(input: CaseInput): Answer {
  const named = (names: readonly string[]): string => names.find((name) => input.has(name)) ?? names[0] ?? '';
  const rows = input.rows(named(['design', 'X', 'x']));
  const events = input.numbers(named(['k', 'events', 'failures', 'successes', 'y']));
  const trials = input.numbers(named(['n', 'trials']));
  const cells: DesignedCounts[] = rows.map((row, index) => ({
    row,
    n: trials[index] ?? 0,
    failures: events[index] ?? 0,
  }));
  const model = groupedLogistic(cells, input.number('ridge', 0));
  if (model.kind === 'not_identifiable') return (quantity) => (quantity === 'identifiable' ? false : undefined);
  const smaller = input.has('smaller_columns')
    ? groupedLogistic(cells.map((cell) => ({ ...cell, row: cell.row.slice(0, input.number('smaller_columns')) })))
    : model;
  return (quantity) => {
    if (/^(coef|coefficients|beta)/.test(quantity)) return model.coefficients;
    if (/^(se|std_err|standard_errors)/.test(quantity)) return model.standardErrors;
    if (/lr_(stat|chi2)|lr_p/.test(quantity) && smaller.kind === 'fitted') {
      const test = likelihoodRatioTest(smaller, model);
      return quantity.endsWith('p') ? test.p : test.statistic;
    }
    if (/deviance/.test(quantity)) return model.deviance;
    return quantity === 'identifiable' ? true : undefined;
  };
}

const EVENTS = ['k', 'events', 'failures', 'successes', 'y'];

export const attribution: Family = {
  name: 'attribution',
  kinds: [
    { needs: ['w0', 'p0', 'w1', 'p1'], answer: ofStrata },
    { needs: ['surfaces', 'value_of_coalition'], answer: ofCoalitions },
    ...['design', 'X', 'x'].flatMap((design) =>
      EVENTS.flatMap((events) =>
        ['n', 'trials'].map((trials) => ({ needs: [design, events, trials], answer: ofDesign })),
      ),
    ),
  ],
};
