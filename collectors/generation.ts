import { createHmac } from 'node:crypto';
import {
  type ArmTag,
  type Artifact,
  contextStratum,
  type FinishReason,
  type Generation,
  type TargetKey,
} from '../src/model/index.js';
import { canonicalJson, sha256 } from './canonical.js';
import { judgeCompliance } from './compliance.js';
import { normaliseFinishReason } from './finish-reason.js';
import { isObject } from './json-content.js';
import { type Message, messageText } from './messages.js';
import type { ConventionFields } from './otlp/conventions/convention.js';
import { readField, recogniseGeneration } from './otlp/conventions/index.js';
import { ModelCall } from './otlp/conventions/model-call.js';
import type { LogRecord, Span } from './otlp/types.js';
import { artifactOf, readVersions } from './versions.js';

/** What normalisation takes from the configuration. */
export interface NormaliseSettings {
  /** Key of the hash that stands for a user id; the id itself is never kept. */
  readonly userSalt: string;
  /** Key of the feature flag whose variant is the prompt version; empty for none. */
  readonly promptFlag: string;
  /** The JSON Schema configured for a target's outputs, where traces carry none; `null` for none. */
  readonly outputSchema: (target: TargetKey) => unknown;
}

/** What belongs to a span beside itself. */
export interface SpanContent {
  /** Log records of the same trace and span. */
  readonly logs: readonly LogRecord[];
  /** The span around it, when it carries content of it; `null` when it does not, or is not known yet. */
  readonly parent: Span | null;
}

/** A generation and the content it ran with, as far as the trace has it. */
export interface NormalisedGeneration {
  readonly generation: Generation;
  readonly artifacts: readonly Artifact[];
}

/** Reads a span as a generation, by whatever convention it speaks; `null` when it is none. Pure. */
export function normaliseGeneration(
  span: Span,
  content: SpanContent,
  settings: NormaliseSettings,
): NormalisedGeneration | null {
  const convention = recogniseGeneration(span);
  if (convention === null) return null;
  const call = new ModelCall(span, content.parent, content.logs, settings.promptFlag);
  const text = (field: TextField): string => readField(field, call) ?? '';
  const target = targetOf(call);
  const { versions, artifacts } = readVersions(call, readField('inputMessages', call));
  const output = outputOf(readField('outputMessages', call));
  const errorType = errorTypeOf(call);
  const finishReasonRaw = text('finishReason') || output.finishReason;
  const finishReason = finishReasonOf(finishReasonRaw, output, errorType);
  const schema = readField('outputSchema', call) ?? settings.outputSchema(target) ?? null;
  const facts = { outputType: outputTypeOf(text('outputType'), schema), schema, errorType, finishReason };
  const { compliance, reason } = judgeCompliance({ ...output, ...facts });
  const tokens = tokensOf(call);
  const generation: Generation = {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    responseId: text('responseId'),
    startNs: span.startNs,
    endNs: span.endNs,
    timeToFirstTokenNs: readField('timeToFirstTokenNs', call) ?? null,
    target,
    convention,
    provider: text('provider'),
    requestedModel: text('requestedModel'),
    servedModel: text('servedModel'),
    systemFingerprint: text('systemFingerprint'),
    versions,
    promptDigest: artifacts.prompt?.digest ?? '',
    toolsDigest: artifacts.tools?.digest ?? '',
    contextDigest: artifacts.context?.digest ?? '',
    rolloutId: text('rolloutId'),
    arm: armOf(text('arm'), text('shadowOf')),
    shadowOf: text('shadowOf'),
    tokens,
    stratum: contextStratum(tokens.input),
    finishReason,
    finishReasonRaw,
    errorType,
    outputType: facts.outputType,
    compliance,
    complianceReason: reason,
    refusal: output.refusal || finishReason === 'refusal',
    outputDigest: output.digest,
    outputLength: output.text?.length ?? null,
    sessionId: text('sessionId'),
    userHash: hashUser(text('userId'), settings.userSalt),
    pod: text('pod'),
    serviceVersion: text('serviceVersion'),
  };
  const schemaArtifact = isObject(schema) ? artifactOf('output_schema', canonicalJson(schema)) : null;
  const all = [artifacts.prompt, artifacts.tools, artifacts.context, schemaArtifact];
  return { generation, artifacts: all.filter((artifact) => artifact !== null) };
}

type TextField = {
  [Field in keyof ConventionFields]: ConventionFields[Field] extends string ? Field : never;
}[keyof ConventionFields];

/** A service without a name is called as OpenTelemetry's SDKs call it. */
function targetOf(call: ModelCall): TargetKey {
  return {
    service: readField('service', call) ?? 'unknown_service',
    environment: readField('environment', call) ?? '',
    operation: readField('operation', call) ?? nameWithoutModel(call),
  };
}

/** `chat gpt-4o` is the operation `chat`: a model in the name would make every model a target of its own. */
function nameWithoutModel(call: ModelCall): string {
  const models = [readField('requestedModel', call), readField('servedModel', call)];
  const words = call.span.name.split(' ').filter((word) => word !== '' && !models.includes(word));
  return words.length > 0 ? words.join(' ') : call.span.name;
}

interface Output {
  /** `null` when the trace carries no output. */
  readonly text: string | null;
  readonly refusal: boolean;
  readonly hasToolCalls: boolean;
  readonly finishReason: string;
  readonly digest: string;
}

/** The answer: of several choices the first, which is the one that clients use. */
function outputOf(messages: readonly Message[] | undefined): Output {
  const answer = messages?.find((message) => message.role === 'assistant') ?? messages?.[0];
  if (answer === undefined) return { text: null, refusal: false, hasToolCalls: false, finishReason: '', digest: '' };
  return {
    text: messageText(answer),
    refusal: answer.parts.some((part) => part.kind === 'refusal'),
    hasToolCalls: answer.parts.some((part) => part.kind === 'tool_call'),
    finishReason: answer.finishReason,
    digest: sha256(canonicalJson(answer.parts)),
  };
}

/** OpenAI ends a refusal with `stop`: the refusal inside the content is the truer word. */
function finishReasonOf(raw: string, output: Output, errorType: string): FinishReason {
  const reason = normaliseFinishReason(raw);
  if (output.refusal && (reason === 'stop' || reason === 'missing')) return 'refusal';
  return reason === 'missing' && errorType !== '' ? 'error' : reason;
}

/** Empty when the call did not fail. An exception on a span that ended as Ok was dealt with. */
function errorTypeOf(call: ModelCall): string {
  const named = readField('errorType', call);
  if (named !== undefined) return named;
  if (call.span.statusCode === 'Ok') return '';
  const exception = call.span.events.find((event) => event.name === 'exception')?.attributes.get('exception.type');
  if (typeof exception === 'string' && exception !== '') return exception;
  return call.span.statusCode === 'Error' ? 'error' : '';
}

function outputTypeOf(named: string, schema: unknown): string {
  if (schema !== null || /^json/.test(named)) return 'json'; // also json_object and json_schema
  return named;
}

function tokensOf(call: ModelCall): Generation['tokens'] {
  return {
    input: readField('inputTokens', call) ?? null,
    output: readField('outputTokens', call) ?? null,
    cached: readField('cachedTokens', call) ?? null,
    reasoning: readField('reasoningTokens', call) ?? null,
  };
}

const ARMS: ReadonlyMap<string, ArmTag> = new Map([
  ['baseline', 'baseline'],
  ['control', 'baseline'],
  ['candidate', 'candidate'],
  ['canary', 'candidate'],
  ['treatment', 'candidate'],
  ['shadow', 'shadow'],
]);

function armOf(named: string, shadowOf: string): ArmTag {
  return ARMS.get(named) ?? (shadowOf === '' ? '' : 'shadow');
}

function hashUser(userId: string, salt: string): string {
  return userId === '' ? '' : createHmac('sha256', salt).update(userId).digest('hex');
}
