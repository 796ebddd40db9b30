import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Request durations in seconds: from a cached page to a query over a day. */
const DURATION_BUCKETS_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Leeway's own metrics for Prometheus, on a registry of their own. Label values come from fixed sets and route patterns,
 * never from input.
 */
export function createTelemetry() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `leeway_${name}`, help, labelNames, registers: [registry] });
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `leeway_${name}`, help, labelNames, registers: [registry] });
  const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Histogram({
      name: `leeway_${name}`,
      help,
      labelNames,
      buckets: DURATION_BUCKETS_SECONDS,
      registers: [registry],
    });
  const refreshers: (() => Promise<void> | void)[] = [];

  return {
    registry,
    ingest: {
      requests: counter('ingest_requests_total', 'OTLP requests', ['protocol', 'signal', 'encoding', 'status']),
      items: counter('ingest_items_total', 'Spans and log records accepted', ['signal']),
      rejectedItems: counter('ingest_rejected_items_total', 'Spans, log records and data points refused', ['signal']),
      bytes: counter('ingest_bytes_total', 'Bytes of OTLP bodies as they were sent', ['signal']),
      generations: counter('ingest_generations_total', 'LLM calls recognised among the spans'),
      outcomes: counter('ingest_outcomes_total', 'Outcomes accepted by the API'),
      webhooks: counter('ingest_webhooks_total', 'Deliveries to webhooks', ['type', 'result']),
    },
    spool: {
      segments: gauge('spool_segments', 'Segments that wait to be loaded'),
      bytes: gauge('spool_bytes', 'Bytes that wait to be loaded'),
      poisonedSegments: gauge('spool_poisoned_segments', 'Segments set aside because the store refused them'),
    },
    evaluation: {
      runs: counter('evaluation_runs_total', 'Runs of the evaluation', ['result']),
      duration: histogram('evaluation_duration_seconds', 'Duration of a run of the evaluation', ['result']),
      detectorDuration: histogram('detector_duration_seconds', 'What a detector took for one look at a target', [
        'detector',
      ]),
      lagSeconds: gauge('evaluation_lag_seconds', 'Age of the newest closed bucket'),
    },
    acting: {
      actions: gauge('actions', 'Actions by their present status', ['status']),
      incidents: gauge('incidents', 'Incidents by their present state', ['state']),
      attempts: counter('action_attempts_total', 'Attempts to deliver an action', ['kind', 'result']),
    },
    rollouts: {
      running: gauge('rollouts_running', 'Rollouts that are watched now'),
    },
    http: {
      duration: histogram('http_request_duration_seconds', 'Duration of HTTP requests', ['method', 'route', 'status']),
      eventStreams: gauge('http_event_streams', 'Pages that listen for changes'),
    },
    /** Registers what sets gauges from the present state; it runs before every scrape. */
    onScrape(refresh: () => Promise<void> | void): void {
      refreshers.push(refresh);
    },
    /** The exposition text. A state that cannot be read leaves its gauges as they were: the scrape must not fail with it. */
    async render(reportProblem: (error: unknown) => void = () => {}): Promise<string> {
      const results = await Promise.allSettled(refreshers.map(async (refresh) => refresh()));
      for (const result of results) if (result.status === 'rejected') reportProblem(result.reason);
      return registry.metrics();
    },
  };
}

export type Telemetry = ReturnType<typeof createTelemetry>;
