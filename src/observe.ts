import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { OtlpRequestReport } from '../collectors/index.js';
import type { Attempt } from './actions/index.js';
import type { HealthSource } from './api/index.js';
import type { EvaluationHost } from './evaluation/index.js';
import { foldIncident } from './incidents/index.js';
import { ACTION_STATUSES, type Clock, INCIDENT_STATES } from './model/index.js';
import type { Database } from './store/index.js';
import { listActions } from './store/queries/actions.js';
import { listIncidentEvents, listIncidents } from './store/queries/incidents.js';
import { listRollouts } from './store/queries/rollouts.js';
import type { Telemetry } from './telemetry/metrics.js';

export interface ObservedParts {
  readonly telemetry: Telemetry;
  readonly database: Database;
  readonly health: HealthSource;
  readonly evaluation: EvaluationHost;
  readonly clock: Clock;
}

/** A no-op unless an OTLP endpoint is configured (see telemetry/otel.ts). */
const tracer = trace.getTracer('leeway');

/** Counts and traces what the parts do, so that they need not know of it. */
export function observeService({ telemetry, database, health, evaluation, clock }: ObservedParts) {
  telemetry.onScrape(async () => {
    const { spool, evaluation: evaluated } = await health.status();
    telemetry.spool.segments.set(spool.segments);
    telemetry.spool.bytes.set(spool.bytes);
    telemetry.spool.poisonedSegments.set(spool.poisoned);
    telemetry.evaluation.lagSeconds.set(evaluated.lagSeconds ?? 0);
  });
  telemetry.onScrape(() => countActing(telemetry, database));

  return {
    /** One run of the evaluation. */
    async evaluate(): Promise<void> {
      const started = clock.now();
      await tracer.startActiveSpan('leeway.evaluation', async (span) => {
        await evaluation.run();
        const { lastError } = evaluation.status;
        const result = lastError === '' ? 'ok' : 'error';
        if (lastError !== '') span.setStatus({ code: SpanStatusCode.ERROR, message: lastError });
        telemetry.evaluation.runs.inc({ result });
        telemetry.evaluation.duration.observe({ result }, (clock.now() - started) / 1000);
        span.end();
      });
    },

    attempted(attempt: Attempt): void {
      if (attempt.kind !== 'attempted') return;
      const { kind, status } = attempt.action;
      telemetry.acting.attempts.inc({ kind, result: status === 'pending' ? 'retry' : status });
    },

    received(report: OtlpRequestReport): void {
      const { protocol, signal, encoding, status } = report;
      telemetry.ingest.requests.inc({ protocol, signal, encoding, status: String(status) });
      telemetry.ingest.items.inc({ signal }, report.items);
      telemetry.ingest.rejectedItems.inc({ signal }, report.rejectedItems);
      telemetry.ingest.bytes.inc({ signal }, report.bytes);
      telemetry.ingest.generations.inc(report.generations);
    },
  };
}

async function countActing({ acting, rollouts }: Telemetry, database: Database): Promise<void> {
  const [actions, incidents, running] = await Promise.all([
    listActions(database),
    listIncidents(database),
    listRollouts(database, { status: 'running' }),
  ]);
  const events = await listIncidentEvents(
    database,
    incidents.map(({ id }) => id),
  );
  const states = incidents.map((incident) => foldIncident(incident, events).state);
  for (const status of ACTION_STATUSES)
    acting.actions.set({ status }, actions.filter((action) => action.status === status).length);
  for (const state of INCIDENT_STATES)
    acting.incidents.set({ state }, states.filter((other) => other === state).length);
  rollouts.running.set(running.length);
}
