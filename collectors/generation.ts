import {
  type ArmTag,
  type Artifact,
  type Cost,
  contextStratum,
  type FinishReason,
  type Generation,
  type GuardrailStatus,
  type OutputFingerprint,
  type RefusalSignal,
  type TargetKey,
  type TokenCounts,
  type VersionVector,
} from '../src/model/index.js';
import { schemaArtifact } from './artifact.js';
import { judgeCompliance } from './compliance.js';
import { normaliseFinishReason } from './finish-reason.js';
import { isObject } from './json-content.js';
import { digestOfParts, type Message, messageText } from './messages.js';
import { readField, recogniseGeneration } from './otlp/conventions/index.js';
import { ModelCall } from './otlp/conventions/model-call.js';
import type { LogRecord, Span } from './otlp/types.js';
import { standingFactsOf, type TextField } from './standing-facts.js';
import { judgeToolCalls, type ToolCallPart } from './tool-calls.js';
import { unexpectedScript } from './unexpected-script.js';
import { hashUserId } from './user-hash.js';
import { readVersions } from './versions.js';

/** What normalisation takes from the configuration. */
export interface NormaliseSettings {
  /** Key of the hash that stands for a user id; the id itself is never kept. */
  readonly userSalt: string;
  /** The same hash, by one who remembers the users that come again. */
  readonly hashUser?: (userId: string) => string;
  /** Key of the feature flag whose variant is the prompt version; empty for none. */
  readonly promptFlag: string;
  readonly outputReader: OutputReader;
  /** The JSON Schema configured for a target's outputs, where traces carry none; `null` for none. */
  readonly outputSchema: (target: TargetKey) => unknown;
  /** What tokens of the first of these models that has a price cost; without it only clients say what a call cost. */
  readonly priceOf?: (models: readonly string[], tokens: TokenCounts) => Cost | null;
}

/** What is read out of an output's words; the composition root passes the detectors' functions. */
export interface OutputReader {
  /** Does the text decline to answer? */
  readonly isRefusal: (text: string) => boolean;
  readonly fingerprint: (text: string) => OutputFingerprint;
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

/** What of a generation depends on the others of its target. */
export interface Surroundings {
  /** The versions with those withheld that do not settle. */
  readonly settle: (target: TargetKey, versions: VersionVector) => VersionVector;
  /** Is its output to be fingerprinted? */
  readonly isSampled: (call: SampledCall) => boolean;
}

/** What of a call decides whether its output is fingerprinted. */
export type SampledCall = Pick<Generation, 'target' | 'versions' | 'traceId' | 'startNs' | 'arm'>;

const ALONE: Surroundings = { settle: (_, versions) => versions, isSampled: () => false };

/**
 * Reads a span as a generation, by whatever convention it speaks; `null` when it is none. Pure but for its surroundings.
 * The object is made in one piece and nothing is spread into it: objects that grow or are copied have shapes of their own,
 * and whatever reads them then looks every member up by its name.
 */
export function normaliseGeneration(
  span: Span,
  content: SpanContent,
  settings: NormaliseSettings,
  { settle, isSampled }: Surroundings = ALONE,
): NormalisedGeneration | null {
  const convention = recogniseGeneration(span);
  if (convention === null) return null;
  const call = new ModelCall(span, content.parent, content.logs, settings.promptFlag);
  const text = (field: TextField): string => readField(field, call) ?? '';
  const facts = standingFactsOf(call);
  const target = facts.targetOf(call);
  const inputMessages = readField('inputMessages', call);
  const { versions: ownVersions, artifacts, tools } = readVersions(call, inputMessages);
  const versions = settle(target, facts.sameVersions(ownVersions));
  const output = outputOf(readField('outputMessages', call));
  const errorType = errorTypeOf(call);
  const finishReasonRaw = text('finishReason') || output.finishReason;
  const finishReason = finishReasonOf(finishReasonRaw, output, errorType);
  const schema = readField('outputSchema', call) ?? settings.outputSchema(target) ?? null;
  const outputType = outputTypeOf(facts.outputType, schema);
  const { compliance, reason } = judgeCompliance({
    outputType,
    schema,
    errorType,
    finishReason,
    refusal: output.refusal,
    text: output.text,
    hasToolCalls: output.hasToolCalls,
  });
  const toolCalls = judgeToolCalls(output.toolCalls, tools);
  const refusal = output.refusal || finishReason === 'refusal';
  const schemaContent = isObject(schema) ? schemaArtifact(schema) : null;
  const tokens = tokensOf(call);
  const shadowOf = text('shadowOf');
  const arm = armOf(facts.arm, shadowOf);
  const { traceId, startNs } = span;
  const isFingerprinted = output.text !== null && isSampled({ target, versions, traceId, startNs, arm });
  const generation: Generation = {
    traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    responseId: text('responseId'),
    startNs,
    endNs: span.endNs,
    timeToFirstTokenNs: readField('timeToFirstTokenNs', call) ?? null,
    target,
    convention,
    provider: facts.provider,
    requestedModel: facts.requestedModel,
    servedModel: facts.servedModel,
    systemFingerprint: facts.systemFingerprint,
    versions,
    promptDigest: artifacts.prompt?.digest ?? '',
    toolsDigest: artifacts.tools?.digest ?? '',
    contextDigest: artifacts.context?.digest ?? '',
    rolloutId: facts.rolloutId,
    arm,
    shadowOf,
    tokens,
    stratum: contextStratum(tokens.input),
    finishReason,
    finishReasonRaw,
    errorType,
    outputType,
    compliance,
    complianceReason: reason,
    toolCallVerdict: toolCalls.verdict,
    toolCallReason: toolCalls.reason,
    toolFields: toolCalls.fields,
    schemaDigest: schemaContent?.digest ?? '',
    refusal,
    refusalSignal: refusalSignalOf(refusal, output.text, settings.outputReader),
    unexpectedScript: unexpectedScript(output.text, () => inputText(call, inputMessages)),
    guardrail: guardrailOf(facts.guardrail, finishReasonRaw),
    outputDigest: output.digest,
    outputLength: output.text?.length ?? null,
    fingerprint: isFingerprinted ? settings.outputReader.fingerprint(output.text) : null,
    cost:
      costOf(readField('cost', call)) ?? settings.priceOf?.([facts.servedModel, facts.requestedModel], tokens) ?? null,
    sessionId: text('sessionId'),
    userHash: userHashOf(text('userId'), settings),
    pod: facts.pod,
    region: facts.region,
    serviceVersion: facts.serviceVersion,
  };
  const all = [artifacts.prompt, artifacts.tools, artifacts.context, schemaContent];
  return { generation, artifacts: all.filter((artifact) => artifact !== null) };
}

interface Output {
  /** `null` when the trace carries no output. */
  readonly text: string | null;
  readonly refusal: boolean;
  readonly hasToolCalls: boolean;
  readonly toolCalls: readonly ToolCallPart[];
  readonly finishReason: string;
  readonly digest: string;
}

const NO_OUTPUT: Output = {
  text: null,
  refusal: false,
  hasToolCalls: false,
  toolCalls: [],
  finishReason: '',
  digest: '',
};

/** The answer: of several choices the first, which is the one that clients use. */
function outputOf(messages: readonly Message[] | undefined): Output {
  const answer = messages?.find((message) => message.role === 'assistant') ?? messages?.[0];
  if (answer === undefined) return NO_OUTPUT;
  const toolCalls = answer.parts.filter((part) => part.kind === 'tool_call');
  return {
    text: messageText(answer),
    refusal: answer.parts.some((part) => part.kind === 'refusal'),
    hasToolCalls: toolCalls.length > 0,
    toolCalls,
    finishReason: answer.finishReason,
    digest: digestOfParts(answer.parts),
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

/** What the client says. Unknown is unknown: the price table is asked then. */
function costOf(usd: number | undefined): Cost | null {
  return usd === undefined || usd < 0 ? null : { usd, source: 'reported' };
}

function refusalSignalOf(byProvider: boolean, text: string | null, reader: OutputReader): RefusalSignal {
  if (byProvider) return 'provider';
  return text !== null && reader.isRefusal(text) ? 'phrase' : '';
}

const GUARDRAIL_PASSED = /^(?:ok|pass|passed|success|allowed|none|no_action)$/i;

/** Bedrock says it by the finish reason. */
function guardrailOf(status: string, finishReasonRaw: string): GuardrailStatus {
  if (finishReasonRaw === 'guardrail_intervened') return 'intervened';
  if (status === '') return '';
  return GUARDRAIL_PASSED.test(status) ? 'passed' : 'intervened';
}

/** Everything the model was told, `null` when the trace does not say. */
function inputText(call: ModelCall, messages: readonly Message[] | undefined): string | null {
  if (messages === undefined) return null;
  const parts = messages.flatMap((message) => message.parts);
  const said = parts.map((part) => ('text' in part ? part.text : part.kind === 'tool_call' ? part.arguments : ''));
  return [readField('instructions', call) ?? '', ...said].join('\n');
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

function userHashOf(userId: string, { hashUser, userSalt }: NormaliseSettings): string {
  return hashUser?.(userId) ?? hashUserId(userId, userSalt);
}
