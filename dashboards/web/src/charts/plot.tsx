import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { linearScale, nearestIndex, type Range, type Scale, timeLabel, timeTicks } from './scale.js';

/** What a chart draws with: pixels for values, and the inner box. */
export interface Frame {
  x: Scale;
  y: Scale;
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** For `clip-path`: nothing is drawn outside the box. */
  clip: string;
}

export interface LegendEntry {
  /** CSS class that gives the swatch its colour, the same as the series'. */
  series: string;
  label: string;
  shape?: 'area' | 'line' | 'dashed' | 'dotted';
}

export interface PlotProps {
  title: string;
  legend: readonly LegendEntry[];
  /** Unix seconds, ascending: what the pointer and the arrow keys stop at. */
  xs: readonly number[];
  xDomain: Range;
  yDomain: Range;
  yTicks: readonly { at: number; label: string }[];
  height: number;
  /** The chart in one sentence, for those who do not see it. */
  summary: string;
  /** What is shown at one of `xs`. */
  describe: (index: number) => string;
  table: { columns: readonly string[]; rows: readonly (readonly string[])[] };
  children: (frame: Frame) => ComponentChildren;
}

const MARGIN = { top: 8, right: 10, bottom: 22, left: 48 };
const PIXELS_PER_TIME_TICK = 84;

/** A figure over time: axes, legend, a cursor for pointer and keyboard, and the same numbers as a table. */
export function Plot(props: PlotProps) {
  const { title, legend, xs, xDomain, yDomain, height } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const clip = useId();
  const [cursor, setCursor] = useState<number | null>(null);
  const frame: Frame = {
    x: linearScale(xDomain, [MARGIN.left, Math.max(MARGIN.left + 1, width - MARGIN.right)]),
    y: linearScale(yDomain, [height - MARGIN.bottom, MARGIN.top]),
    left: MARGIN.left,
    right: Math.max(MARGIN.left + 1, width - MARGIN.right),
    top: MARGIN.top,
    bottom: height - MARGIN.bottom,
    clip: `url(#${clip})`,
  };
  const at = cursor === null ? undefined : xs[cursor];
  const follow = (event: PointerEvent): void => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    const share = (event.clientX - left - frame.left) / (frame.right - frame.left);
    setCursor(nearestIndex(xs, xDomain[0] + share * (xDomain[1] - xDomain[0])));
  };
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        <Legend entries={legend} />
      </figcaption>
      <div class="chart-box" ref={box} onPointerMove={follow} onPointerLeave={() => setCursor(null)}>
        <svg role="img" aria-label={`${title}. ${props.summary}`} width={width} height={height}>
          <clipPath id={clip}>
            <rect x={frame.left} y={frame.top} width={frame.right - frame.left} height={frame.bottom - frame.top} />
          </clipPath>
          <Axes frame={frame} xDomain={xDomain} yTicks={props.yTicks} />
          {props.children(frame)}
          {at !== undefined && (
            <line class="chart-cursor" x1={frame.x(at)} x2={frame.x(at)} y1={frame.top} y2={frame.bottom} />
          )}
        </svg>
        {xs.length > 1 && (
          <input
            class="chart-scrub"
            type="range"
            min={0}
            max={xs.length - 1}
            value={cursor ?? xs.length - 1}
            aria-label={`${title}: step through time`}
            aria-valuetext={props.describe(cursor ?? xs.length - 1)}
            onInput={(event) => setCursor(Number(event.currentTarget.value))}
            onBlur={() => setCursor(null)}
          />
        )}
      </div>
      <p class="chart-readout">
        {cursor !== null && xs[cursor] !== undefined ? props.describe(cursor) : props.summary}
      </p>
      <NumbersTable title={title} {...props.table} />
    </figure>
  );
}

function Legend({ entries }: { entries: readonly LegendEntry[] }) {
  return (
    <ul class="legend">
      {entries.map(({ series, label, shape = 'area' }) => (
        <li key={label}>
          <svg class={`swatch ${series}`} width="14" height="10" aria-hidden="true">
            {shape === 'area' ? (
              <rect class="area" width="14" height="10" rx="2" />
            ) : (
              <line class={`line ${shape}`} x1="0" x2="14" y1="5" y2="5" />
            )}
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}

function Axes(props: { frame: Frame; xDomain: Range; yTicks: PlotProps['yTicks'] }) {
  const { frame, xDomain } = props;
  const most = Math.max(2, Math.floor((frame.right - frame.left) / PIXELS_PER_TIME_TICK));
  return (
    <g class="axes">
      {props.yTicks.map(({ at, label }) => (
        <g key={label}>
          <line class="grid" x1={frame.left} x2={frame.right} y1={frame.y(at)} y2={frame.y(at)} />
          <text x={frame.left - 6} y={frame.y(at)} dy="0.32em" text-anchor="end">
            {label}
          </text>
        </g>
      ))}
      {timeTicks(xDomain, most).map((tick) => (
        <text key={tick} x={frame.x(tick)} y={frame.bottom + 15} text-anchor="middle">
          {timeLabel(tick, xDomain)}
        </text>
      ))}
      <line class="axis" x1={frame.left} x2={frame.right} y1={frame.bottom} y2={frame.bottom} />
    </g>
  );
}

function NumbersTable({ title, columns, rows }: { title: string } & PlotProps['table']) {
  const [open, setOpen] = useState(false);
  return (
    <details class="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Numbers</summary>
      {open && (
        <section class="scroll" aria-label={`${title}: numbers`}>
          <table class="plain">
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row[0]}>
                  {columns.map((column, index) => (
                    <td key={column}>{row[index] ?? ''}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

/** Width of the element in CSS pixels, kept current; text in charts then never shrinks with the chart. */
function useWidth(element: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(320);
  useEffect(() => {
    const node = element.current;
    if (!node) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(160, Math.floor(node.clientWidth))));
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
