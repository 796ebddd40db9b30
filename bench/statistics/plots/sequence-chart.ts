import type { ShownSequence } from '../shown-sequences.js';
import { tickStep, ticks } from './line-chart.js';
import { line, pathThrough, svg, text } from './svg.js';

const WIDTH = 760;
const HEIGHT = 380;
const LEFT = 60;
const RIGHT = 640;
const TOP = 70;
const BOTTOM = 330;
const COLOURS = [1, 0];
const X_TICKS = 5;

/** The vertical axis ends here (points); the first intervals are far wider. */
const Y_LEAST = -6;
const Y_MOST = 16;
const Y_STEP = 2;

const TITLE = 'What is shown: the difference and its confidence sequence';

/** Bands that hold the true difference at all looks at once, for a harmful and for a healthy candidate. */
export function sequenceChart(sequences: readonly ShownSequence[]): string {
  const xMost = Math.max(...sequences.flatMap(({ points }) => points.map(({ candidateN }) => candidateN)));
  const xAt = (units: number): number => LEFT + (units / xMost) * (RIGHT - LEFT);
  const yAt = (difference: number): number => {
    const points = Math.min(Y_MOST, Math.max(Y_LEAST, difference * 100));
    return BOTTOM - ((points - Y_LEAST) / (Y_MOST - Y_LEAST)) * (BOTTOM - TOP);
  };
  return svg(WIDTH, HEIGHT, TITLE, [
    text(LEFT, 24, TITLE, 'class="title"'),
    text(
      LEFT,
      44,
      'One simulated rollout each at a share of 5 %. Dashed: the truth. The band holds it at all looks with 95 %.',
    ),
    ...ticks(Y_LEAST, Y_MOST, Y_STEP).flatMap((points) => [
      line(LEFT, yAt(points / 100), RIGHT, yAt(points / 100), 'grid'),
      text(LEFT - 8, yAt(points / 100) + 4, `${points > 0 ? '+' : ''}${points}`, 'text-anchor="end"'),
    ]),
    ...ticks(0, xMost, tickStep(xMost / X_TICKS)).map((units) =>
      text(xAt(units), BOTTOM + 20, units.toLocaleString('en-US'), 'text-anchor="middle"'),
    ),
    text((LEFT + RIGHT) / 2, BOTTOM + 40, 'candidate calls; vertical: points of failure rate', 'text-anchor="middle"'),
    ...sequences.flatMap((sequence, index) => bandOf(sequence, COLOURS[index] ?? 0, xAt, yAt)),
  ]);
}

function bandOf(
  { label, points, rollbackAt, truth }: ShownSequence,
  colour: number,
  xAt: (units: number) => number,
  yAt: (difference: number) => number,
): string[] {
  const along = (value: 'lower' | 'upper' | 'difference'): { x: number; y: number }[] =>
    points.map((point) => ({ x: xAt(point.candidateN), y: yAt(point[value]) }));
  const rollback =
    rollbackAt === null
      ? []
      : [
          line(xAt(rollbackAt), TOP, xAt(rollbackAt), BOTTOM, `line s${colour}`),
          text(xAt(rollbackAt) + 6, TOP + 12, `rollback after ${rollbackAt} calls`, `class="f${colour}"`),
        ];
  return [
    `<path class="band f${colour}" d="${pathThrough([...along('upper'), ...along('lower').reverse()])}Z"/>`,
    `<path class="line s${colour}" d="${pathThrough(along('difference'))}"/>`,
    line(LEFT, yAt(truth), RIGHT, yAt(truth), 'mark'),
    text(RIGHT + 8, (along('difference').at(-1)?.y ?? 0) + 4, label, `class="f${colour}"`),
    ...rollback,
  ];
}
