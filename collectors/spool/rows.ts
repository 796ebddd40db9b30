import { createHash } from 'node:crypto';
import {
  type Artifact,
  type Generation,
  type Outcome,
  type Surface,
  targetId,
  type VersionVector,
  vectorIdOf,
} from '../../src/model/index.js';
import type { SegmentTable } from '../../src/store/index.js';
import type { LogRecord, Span } from '../otlp/types.js';
import { WireSpan, writeWireSpan } from '../otlp/wire/index.js';
import type { RevisedGeneration, RowBatch } from '../row-batch.js';
import { attributeText, type RowBinaryWriter } from './row-binary.js';
import { writeResource, writeScope, writeServiceName } from './shared-columns.js';

/** Rows of a batch are written in the column order of src/store/tables.ts; a test loads them into the real tables. */
export type Writers = Readonly<Record<SegmentTable, RowBinaryWriter>>;

/** @param nowMs time of arrival, milliseconds since the Unix epoch */
export function writeBatch(writers: Writers, batch: RowBatch, nowMs: number): void {
  for (const span of batch.spans) writeSpan(writers.otel_traces, span);
  for (const log of batch.logs) writeLog(writers.otel_logs, log);
  for (const revised of batch.generations) writeGeneration(writers.generations, revised, nowMs);
  for (const outcome of batch.outcomes) writeOutcome(writers.outcomes, outcome);
  for (const artifact of batch.artifacts) writeArtifact(writers.artifacts, artifact);
}

function writeSpan(to: RowBinaryWriter, span: Span): void {
  if (span instanceof WireSpan) writeWireSpan(to, span);
  else writeSpanObject(to, span);
}

/** What every span's row is; {@link writeWireSpan} gives the same bytes faster. */
function writeSpanObject(to: RowBinaryWriter, span: Span): void {
  to.dateTime64(span.startNs);
  to.string(span.traceId);
  to.string(span.spanId);
  to.string(span.parentSpanId);
  to.string(span.traceState);
  to.string(span.name);
  to.string(span.kind);
  writeResource(to, span.resource);
  writeScope(to, span.scope);
  to.attributes(span.attributes);
  to.uint64(span.endNs > span.startNs ? span.endNs - span.startNs : 0n);
  to.string(span.statusCode);
  to.string(span.statusMessage);
  to.array(span.events, (event) => to.dateTime64(event.timeNs));
  to.array(span.events, (event) => to.string(event.name));
  to.array(span.events, (event) => to.attributes(event.attributes));
  to.array(span.links, (link) => to.string(link.traceId));
  to.array(span.links, (link) => to.string(link.spanId));
  to.array(span.links, (link) => to.string(link.traceState));
  to.array(span.links, (link) => to.attributes(link.attributes));
}

function writeLog(to: RowBinaryWriter, log: LogRecord): void {
  to.dateTime64(log.timeNs || log.observedNs);
  to.string(log.traceId);
  to.string(log.spanId);
  to.uint8(log.flags & 0xff);
  to.string(log.severityText);
  to.uint8(Math.min(Math.max(log.severityNumber, 0), 0xff));
  writeServiceName(to, log.resource);
  to.string(attributeText(log.body));
  to.attributes(log.resource);
  writeScope(to, log.scope);
  to.attributes(log.attributes);
  to.string(log.eventName);
}

const SURFACE_ORDER: readonly Surface[] = ['model', 'prompt', 'tools', 'context'];

/** The last call with these versions, which are one object for as long as a deployment's versions are the same. */
const lastCalls = new WeakMap<VersionVector, Generation>();
const deploymentColumns = new WeakMap<Generation, Uint8Array>();

/** A call whose columns from the target to the id of the vector are those of this one: the last one, where they are. */
function sameDeployment(call: Generation): Generation {
  const last = lastCalls.get(call.versions);
  if (last !== undefined && isSameDeployment(last, call)) return last;
  lastCalls.set(call.versions, call);
  return call;
}

function writeDeployment(to: RowBinaryWriter, call: Generation): void {
  const { target, versions } = call;
  to.string(targetId(target));
  for (const part of [target.service, target.environment, target.operation]) to.string(part);
  for (const name of [call.convention, call.provider, call.requestedModel, call.servedModel]) to.string(name);
  to.string(call.systemFingerprint);
  for (const surface of SURFACE_ORDER) {
    to.string(versions[surface].value);
    to.string(versions[surface].source);
  }
  for (const digest of [call.promptDigest, call.toolsDigest, call.contextDigest]) to.string(digest);
  to.string(vectorIdOf(versions));
}

/** Of calls with the same versions. */
function isSameDeployment(a: Generation, b: Generation): boolean {
  return (
    a.target === b.target &&
    a.convention === b.convention &&
    a.provider === b.provider &&
    a.requestedModel === b.requestedModel &&
    a.servedModel === b.servedModel &&
    a.systemFingerprint === b.systemFingerprint &&
    a.promptDigest === b.promptDigest &&
    a.toolsDigest === b.toolsDigest &&
    a.contextDigest === b.contextDigest
  );
}

function writeGeneration(to: RowBinaryWriter, { generation, revision }: RevisedGeneration, nowMs: number): void {
  const call = generation;
  to.dateTime64(call.startNs);
  to.dateTime64(call.endNs);
  to.nullableUint64(call.timeToFirstTokenNs);
  for (const id of [call.traceId, call.spanId, call.parentSpanId, call.responseId]) to.string(id);
  to.once(deploymentColumns, sameDeployment(call), writeDeployment);
  for (const tag of [call.rolloutId, call.arm, call.shadowOf]) to.string(tag);
  const { input, output, cached, reasoning } = call.tokens;
  for (const count of [input, output, cached, reasoning]) to.nullableUint32(count);
  for (const word of [call.stratum, call.finishReason, call.finishReasonRaw, call.errorType]) to.string(word);
  for (const word of [call.outputType, call.compliance, call.complianceReason]) to.string(word);
  for (const word of [call.toolCallVerdict, call.toolCallReason]) to.string(word);
  to.array(call.toolFields, (field) => to.string(field));
  to.string(call.schemaDigest);
  to.uint8(call.refusal ? 1 : 0);
  for (const word of [call.refusalSignal, call.unexpectedScript, call.guardrail, call.outputDigest]) to.string(word);
  to.nullableUint32(call.outputLength);
  to.string(call.fingerprint?.version ?? '');
  to.array(call.fingerprint?.features ?? [], (feature) => to.float32(feature));
  to.nullableFloat64(call.cost?.usd ?? null);
  for (const word of [call.cost?.source ?? '', call.sessionId, call.userHash]) to.string(word);
  for (const word of [call.pod, call.region, call.serviceVersion]) to.string(word);
  to.wholeNumber64(revision);
  to.wholeNumber64(nowMs);
}

function writeOutcome(to: RowBinaryWriter, outcome: Outcome): void {
  for (const id of [outcome.id, outcome.traceId, outcome.spanId, outcome.responseId, outcome.name]) to.string(id);
  to.float64(outcome.value);
  to.string(outcome.source);
  to.string(outcome.comment);
  to.dateTime64(outcome.timeNs);
}

function writeArtifact(to: RowBinaryWriter, artifact: Artifact): void {
  to.string(artifact.digest);
  to.string(artifact.kind);
  to.string(artifact.content);
}

/** CRC-like guard for commit records: 32 bits of SHA-256 are enough to tell a torn line from a whole one. */
export function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
