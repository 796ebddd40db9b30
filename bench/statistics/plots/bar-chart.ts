import { line, place, svg, text } from './svg.js';

export interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  /** Where the dashed line stands. */
  readonly reference: number;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly note: string }[];
}

const WIDTH = 760;
const LEFT = 190;
const RIGHT = 600;
const TOP = 68;
const ROW = 30;
const BAR = 16;

/** Horizontal bars from 0, with their figures behind them. */
export function barChart({ title, subtitle, reference, bars }: BarChart): string {
  const most = Math.max(reference, ...bars.map(({ value }) => value)) * 1.05;
  const xAt = (value: number): number => LEFT + (value / most) * (RIGHT - LEFT);
  const bottom = TOP + bars.length * ROW;
  return svg(WIDTH, bottom + 30, title, [
    text(24, 24, title, 'class="title"'),
    text(24, 44, subtitle),
    ...bars.flatMap(({ label, value, note }, index) => {
      const y = TOP + index * ROW + (ROW - BAR) / 2;
      return [
        text(LEFT - 10, y + 12, label, 'text-anchor="end"'),
        `<rect class="f0" x="${LEFT}" y="${place(y)}" width="${place(xAt(value) - LEFT)}" height="${BAR}" rx="2"/>`,
        text(xAt(value) + 8, y + 12, note),
      ];
    }),
    line(xAt(reference), TOP, xAt(reference), bottom, 'mark'),
    text(xAt(reference), bottom + 18, `${reference} = as fast as possible`, 'text-anchor="middle"'),
  ]);
}
