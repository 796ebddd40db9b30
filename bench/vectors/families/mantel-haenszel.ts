import { breslowDay } from '../../../detectors/statistics/breslow-day.js';
import { cochranMantelHaenszel } from '../../../detectors/statistics/cochran-mantel-haenszel.js';
import type { ComparedCounts } from '../../../detectors/statistics/counts.js';
import { addStratum, mantelHaenszelRates, NO_STRATA } from '../../../detectors/statistics/mantel-haenszel.js';
import {
  mantelHaenszelOddsRatio,
  oddsRatioInterval,
} from '../../../detectors/statistics/mantel-haenszel-odds-ratio.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, pair, quantities } from '../family.js';

/** A table [[a, b], [c, d]]: the first row is taken as the candidate, the first column as its failures. */
function stratumOf([[a = 0, b = 0] = [], [c = 0, d = 0] = []]: readonly (readonly number[])[]): ComparedCounts {
  return { candidate: { n: a + b, failures: a }, baseline: { n: c + d, failures: c } };
}

function answer(input: CaseInput): Answer {
  const tables = input.tables('tables');
  const strata = tables.map(stratumOf);
  const oddsRatio = mantelHaenszelOddsRatio(strata);
  const pooled = stratumOf([0, 1].map((i) => [0, 1].map((j) => tables.reduce((sum, t) => sum + (t[i]?.[j] ?? 0), 0))));
  return quantities({
    cmh: () => cochranMantelHaenszel(strata).statistic,
    cmh_p: () => cochranMantelHaenszel(strata).p,
    cmh_corrected: () => cochranMantelHaenszel(strata, true).statistic,
    cmh_corrected_p: () => cochranMantelHaenszel(strata, true).p,
    or_mh: () => oddsRatio?.oddsRatio,
    or_ci95: () => (oddsRatio === null ? undefined : pair(oddsRatioInterval(oddsRatio, 0.05))),
    log_or_se_rbg: () => oddsRatio?.standardErrorOfLog,
    crude_or: () => mantelHaenszelOddsRatio([pooled])?.oddsRatio,
    breslow_day: () => breslowDay(strata)?.statistic,
    breslow_day_p: () => breslowDay(strata)?.p,
    mh_risk_difference: () => mantelHaenszelRates(strata.reduce(addStratum, NO_STRATA))?.difference,
  });
}

export const mantelHaenszel: Family = { name: 'mantel_haenszel', kinds: [{ needs: ['tables'], answer }] };
