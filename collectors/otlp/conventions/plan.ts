import { type Shape, shapeOf } from '../wire/shape.js';
import type { AllSources, ConventionFields, Source } from './convention.js';
import type { ModelCall } from './model-call.js';

/** What of a call its shape does not tell. */
interface Beside {
  readonly events: boolean;
  readonly parent: boolean;
}

/** One for each combination of {@link Beside}. */
const PLANS = new WeakMap<Shape, (AllSources | undefined)[]>();

/**
 * The sources that can give anything for a call, out of all, in their order. Spans of one shape have the same, so that
 * reading a field is one or two lookups and not a miss for every name that any client has for it.
 */
export function planOf(call: ModelCall, all: AllSources): AllSources {
  const shape = shapeOf(call.span.attributes);
  if (shape === null) return all;
  const beside = { events: call.logs.length > 0 || call.span.events.length > 0, parent: call.parent !== null };
  const index = Number(beside.events) + 2 * Number(beside.parent);
  const plans = PLANS.get(shape) ?? [];
  const known = plans[index];
  if (known !== undefined) return known;
  const plan = selectSources(all, shape, beside);
  plans[index] = plan;
  PLANS.set(shape, plans);
  return plan;
}

function selectSources(all: AllSources, shape: Shape, beside: Beside): AllSources {
  const canGive = (source: Source<unknown>): boolean => {
    const { reads } = source;
    if (reads === undefined || reads.resource !== undefined) return true;
    if (reads.events && beside.events) return true;
    if (reads.parent !== undefined && beside.parent) return true;
    if (reads.attributes?.some((name) => shape.has(name))) return true;
    return reads.prefixes?.some((prefix) => shape.hasPrefix(prefix)) ?? false;
  };
  return everyField((field) => all[field].filter(canGive));
}

/** The sources of every field; here and in `ConventionFields` a field is named. */
export function everyField(
  of: <Field extends keyof ConventionFields>(field: Field) => readonly Source<ConventionFields[Field]>[],
): AllSources {
  return {
    provider: of('provider'),
    requestedModel: of('requestedModel'),
    servedModel: of('servedModel'),
    systemFingerprint: of('systemFingerprint'),
    responseId: of('responseId'),
    service: of('service'),
    serviceVersion: of('serviceVersion'),
    environment: of('environment'),
    operation: of('operation'),
    pod: of('pod'),
    sessionId: of('sessionId'),
    userId: of('userId'),
    modelVersion: of('modelVersion'),
    promptVersion: of('promptVersion'),
    toolsVersion: of('toolsVersion'),
    contextVersion: of('contextVersion'),
    instructions: of('instructions'),
    template: of('template'),
    inputMessages: of('inputMessages'),
    outputMessages: of('outputMessages'),
    tools: of('tools'),
    outputType: of('outputType'),
    outputSchema: of('outputSchema'),
    finishReason: of('finishReason'),
    errorType: of('errorType'),
    inputTokens: of('inputTokens'),
    outputTokens: of('outputTokens'),
    cachedTokens: of('cachedTokens'),
    reasoningTokens: of('reasoningTokens'),
    timeToFirstTokenNs: of('timeToFirstTokenNs'),
    cost: of('cost'),
    guardrail: of('guardrail'),
    region: of('region'),
    rolloutId: of('rolloutId'),
    arm: of('arm'),
    shadowOf: of('shadowOf'),
  };
}
