import { type Artifact, type ContentMode, type Deployment, type Outcome, stricter } from '../../src/model/index.js';
import type { LogRecord, Span } from '../otlp/types.js';
import type { RowBatch } from '../row-batch.js';
import type { Steps } from '../steps.js';
import { unlessSameInSteps } from '../unless-same.js';
import { attributeRoles } from './attribute-roles.js';
import type { ContentPolicy } from './policy.js';
import { createFactProtection } from './protect-facts.js';
import { createTelemetryProtection } from './protect-telemetry.js';
import { createValueProtection } from './protect-values.js';
import { createRedactor, type RedactionSettings } from './redactor.js';

export interface PrivacySettings extends RedactionSettings {
  /** Names of further attributes that hold content; `my.*` stands for all that begin with `my.`. */
  readonly contentAttributes: readonly string[];
}

/**
 * What may be stored of a batch: the last thing before it is written, after all facts were read from it. Pure but for what
 * it remembers; the same batch when nothing of it must be kept back, and the same objects within it.
 */
export type Protect = (batch: RowBatch, known?: KnownModes) => Steps<RowBatch>;

/** Modes of calls that are not in the batch, by their trace and response ids. */
export type KnownModes = ReadonlyMap<string, ContentMode>;

/** What may be stored of what comes in. */
export interface Protection {
  readonly batch: Protect;
  readonly deployment: (deployment: Deployment) => Deployment;
}

/** @throws LeewayError LEEWAY_CONFIG_INVALID when a pattern cannot be compiled */
export function createProtection(policy: ContentPolicy, settings: PrivacySettings): Protection {
  const redactor = createRedactor(settings);
  const values = createValueProtection(redactor, attributeRoles(settings.contentAttributes));
  const telemetry = createTelemetryProtection(values);
  const facts = createFactProtection(redactor);
  if (policy.strictest === 'full') return NO_PROTECTION;

  function* batch(given: RowBatch, known: KnownModes = new Map()): Steps<RowBatch> {
    const modes = new BatchModes(policy, given, known);
    return {
      spans: yield* unlessSameInSteps(given.spans, (span) => {
        const mode = modes.ofSpan(span);
        return mode === 'full' ? span : telemetry.span(span, mode, modes.isGeneration(span));
      }),
      logs: yield* unlessSameInSteps(given.logs, (log) => {
        const mode = modes.ofLog(log);
        return mode === 'full' ? log : telemetry.log(log, mode);
      }),
      generations: yield* unlessSameInSteps(given.generations, (revised) => {
        const mode = policy.modeOf(revised.generation.target);
        return mode === 'full' ? revised : facts.generation(revised, mode);
      }),
      artifacts: given.artifacts.flatMap((artifact) => {
        const mode = modes.ofArtifact(artifact);
        return (mode === 'full' ? artifact : facts.artifact(artifact, mode)) ?? [];
      }),
      outcomes: yield* unlessSameInSteps(given.outcomes, (outcome) => {
        const mode = modes.ofOutcome(outcome);
        return mode === 'full' ? outcome : facts.outcome(outcome, mode);
      }),
    };
  }

  return {
    batch,
    deployment: (deployment) => {
      const mode = policy.strictestOf(deployment.service, deployment.environment);
      return mode === 'full' ? deployment : facts.deployment(deployment);
    },
  };
}

/** Stores everything as it was sent. */
export const NO_PROTECTION: Protection = {
  *batch(batch) {
    yield;
    return batch;
  },
  deployment: (deployment) => deployment,
};

/** Which mode holds for what of a batch. */
class BatchModes {
  readonly #policy: ContentPolicy;
  readonly #known: KnownModes;
  readonly #ofCall = new Map<string, ContentMode>();
  readonly #ofDigest = new Map<string, ContentMode>();
  readonly #ofTrace = new Map<string, ContentMode>();

  constructor(policy: ContentPolicy, batch: RowBatch, known: KnownModes) {
    this.#policy = policy;
    this.#known = known;
    for (const { generation } of batch.generations) {
      const mode = policy.modeOf(generation.target);
      this.#ofCall.set(generation.traceId + generation.spanId, mode);
      const { promptDigest, toolsDigest, contextDigest, schemaDigest } = generation;
      for (const digest of [promptDigest, toolsDigest, contextDigest, schemaDigest])
        this.#ofDigest.set(digest, stricter(mode, this.#ofDigest.get(digest) ?? mode));
    }
    if (batch.outcomes.length > 0) for (const item of [...batch.spans, ...batch.logs]) this.#addTrace(item);
  }

  isGeneration({ traceId, spanId }: Span): boolean {
    return this.#ofCall.has(traceId + spanId);
  }

  ofSpan(span: Span): ContentMode {
    return this.#ofCall.get(span.traceId + span.spanId) ?? this.#ofService(span);
  }

  ofLog(log: LogRecord): ContentMode {
    return this.#ofCall.get(log.traceId + log.spanId) ?? this.#ofService(log);
  }

  ofArtifact({ digest }: Artifact): ContentMode {
    return this.#ofDigest.get(digest) ?? this.#policy.strictest;
  }

  /** An outcome that comes by itself does not say whose it is, but by ids. */
  ofOutcome({ traceId, spanId, responseId }: Outcome): ContentMode {
    const inBatch = this.#ofCall.get(traceId + spanId) ?? this.#ofTrace.get(traceId);
    return inBatch ?? this.#known.get(traceId) ?? this.#known.get(responseId) ?? this.#policy.strictest;
  }

  #addTrace(item: Span | LogRecord): void {
    const mode = this.#ofCall.get(item.traceId + item.spanId) ?? this.#ofService(item);
    this.#ofTrace.set(item.traceId, stricter(mode, this.#ofTrace.get(item.traceId) ?? mode));
  }

  #ofService({ resource, attributes }: Span | LogRecord): ContentMode {
    const of = (name: string) => resource.get(name) ?? attributes.get(name);
    const service = of('service.name') ?? 'unknown_service';
    const environment =
      of('deployment.environment.name') ?? of('deployment.environment') ?? of('langfuse.environment') ?? '';
    return this.#policy.strictestOf(String(service), String(environment));
  }
}
