import { CopyButton } from './copy-button.js';

/** A fresh install: says what is missing and what to type. */
export function EmptyState() {
  const endpoint = window.location.origin;
  const snippet = `export OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`;
  return (
    <section class="empty" aria-label="Getting started">
      <h2>No spans yet. Point an OTLP exporter at {endpoint}</h2>
      <p>
        Any OpenTelemetry SDK or Collector will do. Leeway takes traces that follow the OpenTelemetry GenAI,
        OpenInference, OpenLLMetry, Vercel AI or Langfuse conventions; the first version vectors show up here within
        seconds.
      </p>
      <div class="snippet">
        <pre>
          <code>{snippet}</code>
        </pre>
        <CopyButton text={snippet} />
      </div>
      <p>
        To have versions compared, tag each LLM span with <code>leeway.prompt.version</code>,{' '}
        <code>leeway.tools.version</code>, <code>leeway.context.version</code> or <code>leeway.model.version</code>.
        What is not tagged is derived from the content. To see it all with made-up traffic, run{' '}
        <code>npm run demo</code>.
      </p>
    </section>
  );
}
