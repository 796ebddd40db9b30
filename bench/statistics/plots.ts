import { barChart } from './plots/bar-chart.js';
import { lineChart } from './plots/line-chart.js';
import { sequenceChart } from './plots/sequence-chart.js';
import type { Peeking, StatisticsReport } from './run.js';
import { sequencesToShow } from './shown-sequences.js';

/** Methods of the peeking plots. */
const SHOWN_METHODS: readonly { readonly method: string; readonly label: string; readonly colour: number }[] = [
  { method: 'naive z', label: 'naive z', colour: 1 },
  { method: 'Bayes P(worse) > 95 %, gated', label: 'Bayes > 95 %, gated', colour: 2 },
  { method: 'asymptotic sequence', label: 'asymptotic sequence', colour: 3 },
  { method: 'kernel A', label: 'kernel A', colour: 0 },
];

/** The plots of docs/statistics.md: SVG texts by file name. */
export function plotsOf(report: StatisticsReport, seed: number): ReadonlyMap<string, string> {
  const [steady, ramp] = report.peeking;
  return new Map([
    [
      'statistics-peeking.svg',
      peekingPlot(steady, {
        title: 'False alarms against the number of looks',
        subtitle:
          'Share of healthy rollouts with any alarm so far. 98 % success, 99 baseline calls and 1 canary call a look.',
        xLabel: 'looks',
      }),
    ],
    [
      'statistics-ramp.svg',
      peekingPlot(ramp, {
        title: 'The same while the share grows and the failure rate drifts',
        subtitle:
          'Ramp 1, 5, 10, 25, 50 %; both arms fail 2 % of the time at first and 6 % in the end. Nothing is wrong.',
        xLabel: 'looks (a new stage every fifth of them)',
      }),
    ],
    ['statistics-delays.svg', delayPlot(report)],
    ['statistics-sequence.svg', sequenceChart(sequencesToShow(seed))],
  ]);
}

function peekingPlot(
  peeking: Peeking | undefined,
  words: { readonly title: string; readonly subtitle: string; readonly xLabel: string },
): string {
  const lines = SHOWN_METHODS.flatMap(({ method, label, colour }) => {
    const curve = peeking?.curves.find((one) => one.method === method && one.alpha === 0.05);
    if (curve === undefined) return [];
    const points = curve.looks.map((looks, index) => ({ x: looks, y: (curve.rates[index] ?? 0) * 100 }));
    return [{ label, colour, points }];
  });
  return lineChart({ ...words, unit: ' %', reference: { value: 5, label: 'promised:' }, lines });
}

function delayPlot({ delays }: StatisticsReport): string {
  return barChart({
    title: 'Candidate calls to a rollback, against the fastest test there is',
    subtitle: 'Mean, as a multiple of the sequential probability ratio test that knows both rates; both at α = .05.',
    reference: 1,
    bars: delays.map(({ change, share, ratioToOracle, units, oracleUnits }) => ({
      label: `${change.replace('->', ' → ')} %, share ${share * 100} %`,
      value: ratioToOracle,
      note: `${ratioToOracle.toFixed(2)}  (${Math.round(units).toLocaleString('en-US')} : ${Math.round(oracleUnits).toLocaleString('en-US')})`,
    })),
  });
}
