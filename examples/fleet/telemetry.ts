import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { core, node, resources, tracing } from '@opentelemetry/sdk-node';

/** Room for half a minute of spans while the receiver is away; the SDK drops what exceeds it. */
const MAX_QUEUED_SPANS = 20_000;
const MAX_BATCH_SPANS = 512;
const BATCH_DELAY_MS = 200;

/** Spans that went out, by what became of them. */
export interface SpanCounts {
  readonly ended: number;
  /** Acknowledged by the receiver. */
  readonly sent: number;
  /** Given up by the exporter after its retries. */
  readonly failed: number;
}

/** Counts the spans whose export was acknowledged: the only ones of which anybody may say that they were sent. */
class CountingExporter implements tracing.SpanExporter {
  readonly #inner: tracing.SpanExporter;
  sent = 0;
  failed = 0;

  constructor(inner: tracing.SpanExporter) {
    this.#inner = inner;
  }

  export(spans: tracing.ReadableSpan[], done: (result: core.ExportResult) => void): void {
    this.#inner.export(spans, (result) => {
      if (result.code === core.ExportResultCode.SUCCESS) this.sent += spans.length;
      else this.failed += spans.length;
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.#inner.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }
}

/** One pod's OpenTelemetry SDK: its own resource, provider and exporter, as if it were a process of its own. */
export class PodTelemetry {
  readonly tracer: Tracer;
  readonly #provider: node.NodeTracerProvider;
  readonly #exporter: CountingExporter;
  #ended = 0;

  /** The exporter is configured by the standard variables, e.g. `OTEL_EXPORTER_OTLP_ENDPOINT` and `_COMPRESSION`. */
  constructor(service: string, environment: string, pod: string) {
    this.#exporter = new CountingExporter(new OTLPTraceExporter());
    const batches = new tracing.BatchSpanProcessor(this.#exporter, {
      maxQueueSize: MAX_QUEUED_SPANS,
      maxExportBatchSize: MAX_BATCH_SPANS,
      scheduledDelayMillis: BATCH_DELAY_MS,
    });
    this.#provider = new node.NodeTracerProvider({
      resource: resources.defaultResource().merge(
        resources.resourceFromAttributes({
          'service.name': service,
          'service.version': '1.0.0',
          'deployment.environment.name': environment,
          'k8s.pod.name': pod,
        }),
      ),
      spanProcessors: [this.#counter(), batches],
    });
    this.tracer = this.#provider.getTracer('support-bot', '1.0.0');
  }

  get counts(): SpanCounts {
    return { ended: this.#ended, sent: this.#exporter.sent, failed: this.#exporter.failed };
  }

  /** Everything that ended is exported or given up when this resolves. */
  async shutdown(): Promise<void> {
    try {
      await this.#provider.forceFlush();
    } finally {
      await this.#provider.shutdown();
    }
  }

  #counter(): tracing.SpanProcessor {
    return {
      onStart: () => {},
      onEnd: () => {
        this.#ended += 1;
      },
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
  }
}
