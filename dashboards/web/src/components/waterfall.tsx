import type { Span } from '../api/index.js';
import { duration } from '../format.js';
import { treeRows } from '../span-tree.js';

/** The spans of a trace, indented, each with its place in time. */
export function Waterfall(props: { spans: readonly Span[]; generationSpans: ReadonlySet<string>; focus: string }) {
  const rows = treeRows(props.spans);
  const start = Math.min(...props.spans.map(({ startTime }) => Date.parse(startTime)));
  const end = Math.max(...props.spans.map((span) => Date.parse(span.startTime) + span.durationMs));
  return (
    <ol class="waterfall">
      {rows.map(({ span, depth }) => (
        <li key={span.spanId} class={span.spanId === props.focus ? 'focused' : ''}>
          <details>
            <summary>
              <span class={`span-name depth-${depth}`}>
                {props.generationSpans.has(span.spanId) && <span class="source">generation </span>}
                {span.name}
                {span.statusCode === 'Error' && <span class="error-word"> error</span>}
              </span>
              <SpanBar span={span} start={start} end={end} />
              <span class="span-time">{duration(span.durationMs)}</span>
            </summary>
            <SpanFacts span={span} />
          </details>
        </li>
      ))}
    </ol>
  );
}

function SpanBar({ span, start, end }: { span: Span; start: number; end: number }) {
  const total = Math.max(end - start, 0.001);
  const from = ((Date.parse(span.startTime) - start) / total) * 100;
  const width = Math.max(0.6, (span.durationMs / total) * 100);
  return (
    <svg class={`span-bar ${span.statusCode === 'Error' ? 'failed' : ''}`} height="10" aria-hidden="true">
      <rect class="track" width="100%" height="10" rx="2" />
      <rect class="bar" x={`${Math.min(from, 99.4)}%`} width={`${Math.min(width, 100)}%`} height="10" rx="2" />
    </svg>
  );
}

function SpanFacts({ span }: { span: Span }) {
  const attributes = Object.entries(span.attributes).sort(([a], [b]) => a.localeCompare(b));
  return (
    <div class="span-facts">
      <p class="row-meta">
        <span>{span.service}</span>
        <span>{span.kind}</span>
        <code>{span.spanId}</code>
        {span.statusMessage !== '' && <span>{span.statusMessage}</span>}
      </p>
      <dl class="attributes">
        {attributes.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {span.events.map((event) => (
        <p key={`${event.at} ${event.name}`} class="row-meta">
          <span>event</span>
          <span>{event.name}</span>
          <span>{Object.values(event.attributes).join(' ')}</span>
        </p>
      ))}
    </div>
  );
}
