import { line, pathThrough, svg, text } from './svg.js';

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LineChart {
  readonly title: string;
  readonly subtitle: string;
  readonly xLabel: string;
  /** Behind every number of the vertical axis. */
  readonly unit: string;
  readonly reference: { readonly value: number; readonly label: string };
  readonly lines: readonly { readonly label: string; readonly colour: number; readonly points: readonly Point[] }[];
}

const WIDTH = 760;
const HEIGHT = 360;
const LEFT = 52;
const RIGHT = 560;
const TOP = 70;
const BOTTOM = 312;
const Y_TICKS = 6;

/** Labels at the ends of lines keep this distance. */
const LABEL_SPACING = 16;

/** Lines over a logarithmic horizontal axis from 1, labelled at their ends. */
export function lineChart(chart: LineChart): string {
  const points = chart.lines.flatMap((one) => one.points);
  const xMost = Math.max(10, ...points.map(({ x }) => x));
  const step = tickStep(Math.max(chart.reference.value, ...points.map(({ y }) => y)) / Y_TICKS);
  const yMost = step * Math.ceil(Math.max(chart.reference.value, ...points.map(({ y }) => y)) / step);
  const xAt = (x: number): number => LEFT + (Math.log(x) / Math.log(xMost)) * (RIGHT - LEFT);
  const yAt = (y: number): number => BOTTOM - (y / yMost) * (BOTTOM - TOP);
  return svg(WIDTH, HEIGHT, chart.title, [
    text(LEFT, 24, chart.title, 'class="title"'),
    text(LEFT, 44, chart.subtitle),
    ...ticks(0, yMost, step).flatMap((y) => [
      line(LEFT, yAt(y), RIGHT, yAt(y), 'grid'),
      text(LEFT - 8, yAt(y) + 4, `${y}${chart.unit}`, 'text-anchor="end"'),
    ]),
    ...powersOfTen(xMost).map((x) => text(xAt(x), BOTTOM + 20, x.toLocaleString('en-US'), 'text-anchor="middle"')),
    text((LEFT + RIGHT) / 2, BOTTOM + 38, chart.xLabel, 'text-anchor="middle"'),
    line(LEFT, yAt(chart.reference.value), RIGHT, yAt(chart.reference.value), 'mark'),
    text(
      RIGHT - 4,
      yAt(chart.reference.value) - 5,
      `${chart.reference.label} ${chart.reference.value}${chart.unit}`,
      'text-anchor="end"',
    ),
    ...chart.lines.map(
      ({ colour, points: own }) =>
        `<path class="line s${colour}" d="${pathThrough(own.map(({ x, y }) => ({ x: xAt(x), y: yAt(y) })))}"/>`,
    ),
    ...endLabels(chart, yAt),
  ]);
}

/** From top to bottom, pushed down where two would overlap. */
function endLabels(chart: LineChart, yAt: (y: number) => number): string[] {
  let lowest = Number.NEGATIVE_INFINITY;
  return chart.lines
    .map(({ label, colour, points }) => ({ label, colour, value: points.at(-1)?.y ?? 0 }))
    .sort((a, b) => b.value - a.value)
    .map(({ label, colour, value }) => {
      lowest = Math.max(lowest + LABEL_SPACING, yAt(value) + 4);
      return text(RIGHT + 8, lowest, `${label} ${value.toFixed(1)}${chart.unit}`, `class="f${colour}"`);
    });
}

/** The next of 1, 2, 5, 10, 20, … */
export function tickStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= atLeast) ?? 10 * power;
}

export function ticks(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step + 1e-9) + 1 }, (_, index) =>
    Number((from + index * step).toPrecision(12)),
  );
}

function powersOfTen(most: number): number[] {
  return Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, power) => 10 ** power);
}
