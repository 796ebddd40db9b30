import { barChart } from './plots/bar-chart.js';
import { lineChart } from './plots/line-chart.js';
import { sequenceChart } from './plots/sequence-chart.js';
import type { StatisticsReport } from './run.js';
import { sequencesToShow } from './shown-sequences.js';

/** Methods of the peeking plot, most alarming first. */
const SHOWN_METHODS: readonly { readonly method: string; readonly colour: number }[] = [
  { method: 'naive z', colour: 1 },
  { method: 'Bayes P(worse) > 95 %, gated', colour: 2 },
  { method: 'asymptotic sequence', colour: 3 },
  { method: 'kernel A', colour: 0 },
];

/** The plots of docs/statistics.md: SVG texts by file name. */
export function plotsOf(report: StatisticsReport, seed: number): ReadonlyMap<string, string> {
  return new Map([
    ['statistics-peeking.svg', peekingPlot(report)],
    ['statistics-delays.svg', delayPlot(report)],
    ['statistics-sequence.svg', sequenceChart(sequencesToShow(seed))],
  ]);
}

function peekingPlot({ peeking }: StatisticsReport): string {
  const lines = SHOWN_METHODS.flatMap(({ method, colour }) => {
    const curve = peeking.find((one) => one.method === method && one.alpha === 0.05);
    if (curve === undefined) return [];
    const points = curve.looks.map((looks, index) => ({ x: looks, y: (curve.rates[index] ?? 0) * 100 }));
    return [{ label: method, colour, points }];
  });
  return lineChart({
    title: 'False alarms against the number of looks',
    subtitle: 'Share of healthy rollouts with any alarm so far, at a nominal 5 %. 98 % success, 1 % canary.',
    xLabel: 'looks (one canary call each)',
    unit: ' %',
    reference: { value: 5, label: 'nominal' },
    lines,
  });
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
