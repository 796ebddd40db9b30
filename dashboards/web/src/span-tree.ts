import type { Span } from './api/index.js';

/** A trace may come from anywhere: deeper nesting is drawn at this depth. */
const DEEPEST = 12;

export interface Row {
  span: Span;
  depth: number;
}

/** Spans in the order of a tree, siblings by start; a span whose parent is unknown is a root, and a cycle ends. */
export function treeRows(spans: readonly Span[]): Row[] {
  const children = childrenByParent(spans);
  const rows: Row[] = [];
  const seen = new Set<string>();
  const waiting: Row[] = [];
  const visit = (span: Span, depth: number): void => {
    waiting.push({ span, depth });
    for (let row = waiting.pop(); row; row = waiting.pop()) {
      if (seen.has(row.span.spanId)) continue;
      seen.add(row.span.spanId);
      rows.push({ span: row.span, depth: Math.min(row.depth, DEEPEST) });
      for (const child of children.get(row.span.spanId)?.toReversed() ?? [])
        waiting.push({ span: child, depth: row.depth + 1 });
    }
  };
  for (const root of children.get('') ?? []) visit(root, 0);
  // What is left hangs on a cycle.
  for (const span of spans) visit(span, 0);
  return rows;
}

/** Siblings by start; roots are the children of the empty id. */
function childrenByParent(spans: readonly Span[]): Map<string, Span[]> {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = new Map<string, Span[]>();
  for (const span of [...spans].sort((a, b) => a.startTime.localeCompare(b.startTime))) {
    const parent = known.has(span.parentSpanId) ? span.parentSpanId : '';
    const siblings = children.get(parent);
    if (siblings) siblings.push(span);
    else children.set(parent, [span]);
  }
  return children;
}
