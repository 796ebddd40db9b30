import type { Artifact, Outcome } from '../src/model/index.js';
import { FingerprintSampling } from './fingerprint-sampling.js';
import { type NormaliseSettings, normaliseGeneration, type Surroundings } from './generation.js';
import { JoinBuffer, type JoinEntry } from './join-buffer.js';
import { recogniseGeneration, tellsOfChildren } from './otlp/conventions/index.js';
import type { LogRecord, Span } from './otlp/types.js';
import { outcomeFromLog, outcomesFromSpan } from './outcomes-from-spans.js';
import type { RevisedGeneration } from './row-batch.js';
import type { Steps } from './steps.js';
import type { VersionSettling } from './version-settling.js';

/** What one request adds or changes. */
export interface Joined {
  readonly generations: readonly RevisedGeneration[];
  readonly artifacts: readonly Artifact[];
  readonly outcomes: readonly Outcome[];
}

/**
 * Joins what tells of one generation but comes apart, in any order and in different requests: the span, its log records,
 * and the span around it where that carries content. A generation is given out as soon as its span is there, and again
 * when something joins it.
 */
export interface Join {
  accept(spans: readonly Span[], logs: readonly LogRecord[], nowMs: number): Steps<Joined>;
  /** Takes back what was received shortly before a restart, so that what is still to come finds it. */
  seed(spans: readonly Span[], logs: readonly LogRecord[], nowMs: number): void;
}

export function createJoin(settings: NormaliseSettings, settling: VersionSettling): Join {
  const buffer = new JoinBuffer();
  const sampling = new FingerprintSampling();
  return {
    *accept(spans, logs, nowMs) {
      buffer.expire(nowMs);
      const conventions = spans.map(recogniseGeneration);
      const touched = admit(buffer, spans, conventions, logs, nowMs);
      const outcomes = outcomesOf(buffer, spans, conventions, logs);
      const generations: RevisedGeneration[] = [];
      // The same content comes with most calls of a request.
      const artifacts = new Set<Artifact>();
      const surroundings: Surroundings = {
        settle: (target, versions) => settling.settle(target, versions, nowMs),
        isSampled: (call) => sampling.takes(call),
      };
      for (const { span, logs: joined } of touched) {
        if (span === null) continue;
        yield;
        const parent = buffer.parentOf(span);
        const normalised = normaliseGeneration(span, { logs: joined, parent }, settings, surroundings);
        if (normalised === null) continue;
        for (const artifact of normalised.artifacts) artifacts.add(artifact);
        generations.push({
          generation: normalised.generation,
          revision: revisionOf(joined.length, parent !== null),
        });
      }
      buffer.trim();
      return { generations, artifacts: [...artifacts], outcomes };
    },
    seed(spans, logs, nowMs) {
      admit(buffer, spans, spans.map(recogniseGeneration), logs, nowMs);
      buffer.trim();
    },
  };
}

/** Puts everything where it belongs and tells which generations it concerns. */
function admit(
  buffer: JoinBuffer,
  spans: readonly Span[],
  conventions: readonly (string | null)[],
  logs: readonly LogRecord[],
  nowMs: number,
): ReadonlySet<JoinEntry> {
  const touched = new Set<JoinEntry>();
  for (const [index, span] of spans.entries()) {
    if (conventions[index] !== null) {
      touched.add(buffer.addGeneration(span, nowMs));
    } else if (tellsOfChildren(span)) {
      for (const child of buffer.addParent(span, nowMs)) touched.add(child);
    }
  }
  for (const [traceId, spanId, records] of bySpan(logs)) touched.add(buffer.addLogs(traceId, spanId, records, nowMs));
  return touched;
}

/** Log records that belong to a span, grouped by it. */
function bySpan(logs: readonly LogRecord[]): Iterable<readonly [string, string, LogRecord[]]> {
  const groups = new Map<string, readonly [string, string, LogRecord[]]>();
  for (const record of logs) {
    if (record.traceId === '' || record.spanId === '') continue;
    const key = record.traceId + record.spanId;
    const group = groups.get(key) ?? [record.traceId, record.spanId, []];
    group[2].push(record);
    groups.set(key, group);
  }
  return groups.values();
}

function outcomesOf(
  buffer: JoinBuffer,
  spans: readonly Span[],
  conventions: readonly (string | null)[],
  logs: readonly LogRecord[],
): Outcome[] {
  const outcomes = logs.map(outcomeFromLog).filter((outcome) => outcome !== null);
  for (const [index, span] of spans.entries()) {
    const isGeneration = conventions[index] !== null;
    const isInside = !isGeneration && buffer.isGeneration(span.traceId, span.parentSpanId);
    outcomes.push(...outcomesFromSpan(span, isGeneration, isInside));
  }
  return outcomes;
}

/**
 * The revision counts what the generation was read from. So it rises with whatever joins, is the same when a request is
 * sent twice, and needs no memory: after a restart the same facts give the same number.
 */
function revisionOf(logs: number, hasParent: boolean): number {
  return 1 + logs + (hasParent ? 1 : 0);
}
