import type { TableSize } from './measure.js';
import type { Comparison, StorageReport } from './run.js';

/** Columns that are named in the table of a table. */
const SHOWN_COLUMNS = 12;

/** The report for people. */
export function tablesOf({ spans, sentBytesASpan, full, none }: StorageReport): string {
  return [
    `${spans} LLM spans of ${sentBytesASpan.toFixed(0)} bytes; bytes a span on disk after merges`,
    '',
    'content   Collector   Leeway   ratio   goal',
    row('full', full.collector, full),
    row('none', full.collector, none),
    `none, against ${none.collector.toFixed(1)} bytes of a Collector that gets no content either: ${none.sameSpansRatio.toFixed(3)}`,
    '',
    ...full.tables.flatMap((table) => sizesOf(table, spans)),
  ].join('\n');
}

function row(kept: string, collector: number, { leeway, ratio, goal }: Comparison): string {
  const figures = [collector.toFixed(1).padStart(9), leeway.toFixed(1).padStart(8), ratio.toFixed(3).padStart(7)];
  return `${kept.padEnd(8)} ${figures.join(' ')}   ≤ ${goal}`;
}

function sizesOf({ table, rows, bytes, columns, indexBytes }: TableSize, spans: number): string[] {
  const shown = columns.slice(0, SHOWN_COLUMNS).filter((column) => column.bytes / spans >= 0.5);
  return [
    `${table}: ${(bytes / spans).toFixed(1)} (${rows} rows, indices ${(indexBytes / spans).toFixed(1)})`,
    ...shown.map((column) => `    ${column.name.padEnd(28)} ${(column.bytes / spans).toFixed(1)}`),
  ];
}
