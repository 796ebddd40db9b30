import type { Trace } from '../api/index.js';
import { CopyButton } from '../components/copy-button.js';
import { GenerationCard } from '../components/generation-card.js';
import { Loaded, Page, Section } from '../components/page.js';
import { Waterfall } from '../components/waterfall.js';
import { plural, targetName } from '../format.js';
import { useResource } from '../resource.js';

export function TraceView({ id, focus }: { id: string; focus: string }) {
  const resource = useResource<Trace>(`/traces/${encodeURIComponent(id)}`, []);
  const target = resource.data?.generations[0]?.target;
  return (
    <Page
      title={`Trace ${id.slice(0, 16)}${id.length > 16 ? '…' : ''}`}
      kicker={
        target ? (
          <>
            Trace of <a href={`/targets/${encodeURIComponent(target.targetId)}`}>{targetName(target)}</a>
          </>
        ) : (
          'Trace'
        )
      }
    >
      <Loaded resource={resource} what="trace">
        {(trace) => <TraceRooms trace={trace} focus={focus} />}
      </Loaded>
    </Page>
  );
}

function TraceRooms({ trace, focus }: { trace: Trace; focus: string }) {
  const ofTrace = trace.outcomes.filter(({ spanId }) => !trace.generations.some((one) => one.spanId === spanId));
  return (
    <>
      <Section
        title="Spans"
        note={`${plural(trace.spans.length, 'span')}${trace.complete ? '' : ', the first of more'}`}
      >
        <p class="row-meta trace-id">
          <code>{trace.traceId}</code> <CopyButton text={trace.traceId} />
        </p>
        {trace.spans.length === 0 ? (
          <p class="muted">The spans are past their retention. What the generations ran with is kept longer.</p>
        ) : (
          <Waterfall
            spans={trace.spans}
            generationSpans={new Set(trace.generations.map(({ spanId }) => spanId))}
            focus={focus}
          />
        )}
      </Section>
      <Section title="Generations" note={plural(trace.generations.length, 'LLM call')}>
        {trace.generations.length === 0 && <p class="muted">No span of this trace asked a model for output.</p>}
        {trace.generations.map((generation) => (
          <GenerationCard
            key={generation.spanId}
            generation={generation}
            artifacts={trace.artifacts}
            outcomes={[...trace.outcomes.filter(({ spanId }) => spanId === generation.spanId), ...ofTrace]}
            focused={generation.spanId === focus && trace.generations.length > 1}
          />
        ))}
      </Section>
    </>
  );
}
