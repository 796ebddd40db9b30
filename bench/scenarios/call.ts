/** One LLM call of a scenario, in the words of its client. What is absent is what most calls have. */
export interface Call {
  /** Start, milliseconds since the Unix epoch of the event's time. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly prompt: string;
  /** Served model; the requested one is `requestedModel`. */
  readonly model: string;
  readonly requestedModel: string;
  readonly tools: string;
  readonly context: string;
  readonly session: string;
  readonly pod: string;
  readonly region: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly timeToFirstTokenMs: number;
  /** The answer's text. */
  readonly text: string;
  /** Does the client ask for JSON of the ticket schema? */
  readonly json: boolean;
  readonly finishReason: string;
  readonly errorType: string;
  /** System instructions; empty keeps content out of the trace. */
  readonly instructions: string;
  readonly userText: string;
  /** Arguments of a call to `lookup_order`; `null` for none. */
  readonly toolArguments: string | null;
  readonly toolDefinitions: string;
  readonly systemFingerprint: string;
  readonly arm: string;
  readonly shadowOf: string;
  /** A span of the same trace after the call that fails. */
  readonly failsDownstream: boolean;
  /** Further attributes of the span. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What the user made of it; `null` is never told. */
  readonly succeeded: boolean | null;
  /** When that is told, after the end of the call. */
  readonly toldAfterMs: number;
}

export const SERVICE = 'support-bot';
export const ENVIRONMENT = 'production';
export const OPERATION = 'support-triage';

const TICKET_SCHEMA = {
  type: 'object',
  properties: {
    category: { enum: ['billing', 'delivery', 'returns', 'other'] },
    urgent: { type: 'boolean' },
    reply: { type: 'string' },
  },
  required: ['category', 'urgent', 'reply'],
};

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const integer = (key: string, value: number) => ({ key, value: { intValue: String(Math.round(value)) } });
const nanoseconds = (ms: number) => `${Math.round(ms * 1000)}000`;

/** ExportTraceServiceRequest in OTLP/JSON: one resource a pod, as each pod exports by itself. */
export function tracesBody(calls: readonly Call[]): Buffer {
  const byPod = groupByPod(calls);
  const resourceSpans = [...byPod.values()].map((own) => ({
    resource: {
      attributes: [
        text('service.name', SERVICE),
        text('deployment.environment.name', ENVIRONMENT),
        text('k8s.pod.name', own[0]?.pod ?? ''),
        text('cloud.region', own[0]?.region ?? ''),
      ],
    },
    scopeSpans: [{ scope: { name: 'support-bot' }, spans: own.flatMap(spansOf) }],
  }));
  return Buffer.from(JSON.stringify({ resourceSpans }));
}

function groupByPod(calls: readonly Call[]): Map<string, Call[]> {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const key = `${call.pod} ${call.region}`;
    const group = groups.get(key);
    if (group) group.push(call);
    else groups.set(key, [call]);
  }
  return groups;
}

function spansOf(call: Call): object[] {
  const failure = {
    traceId: call.traceId,
    spanId: `${call.spanId.slice(0, 15)}${call.spanId.endsWith('0') ? '1' : '0'}`,
    name: 'update ticket',
    kind: 1,
    startTimeUnixNano: nanoseconds(call.atMs + call.durationMs + 20),
    endTimeUnixNano: nanoseconds(call.atMs + call.durationMs + 60),
    status: { code: 2, message: 'constraint violated' },
    attributes: [text('error.type', 'ConstraintError')],
  };
  return call.failsDownstream ? [span(call), failure] : [span(call)];
}

function span(call: Call): object {
  const given = [...tags(call), ...content(call), ...figures(call)];
  return {
    traceId: call.traceId,
    spanId: call.spanId,
    name: `chat ${call.requestedModel}`,
    kind: 3,
    startTimeUnixNano: nanoseconds(call.atMs),
    endTimeUnixNano: nanoseconds(call.atMs + call.durationMs),
    attributes: given,
    ...(call.errorType === '' ? {} : { status: { code: 2, message: call.errorType } }),
  };
}

function tags(call: Call): object[] {
  const named: Readonly<Record<string, string>> = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': call.requestedModel,
    'gen_ai.response.model': call.model,
    'gen_ai.prompt.name': OPERATION,
    'gen_ai.prompt.version': call.prompt,
    'leeway.tools.version': call.tools,
    'leeway.context.version': call.context,
    'gen_ai.conversation.id': call.session,
    'openai.response.system_fingerprint': call.systemFingerprint,
    'leeway.rollout.arm': call.arm,
    'leeway.shadow.of': call.shadowOf,
    'error.type': call.errorType,
    'gen_ai.output.type': call.json ? 'json' : '',
    'leeway.output.schema': call.json ? JSON.stringify(TICKET_SCHEMA) : '',
    ...call.attributes,
  };
  return Object.entries(named)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => text(name, value));
}

function content(call: Call): object[] {
  if (call.instructions === '') return [];
  const toolCall = { type: 'tool_call', name: 'lookup_order', arguments: call.toolArguments };
  const parts = call.toolArguments === null ? [{ type: 'text', content: call.text }] : [toolCall];
  const output = [{ role: 'assistant', parts, finish_reason: call.finishReason }];
  return [
    text('gen_ai.system_instructions', JSON.stringify([{ type: 'text', content: call.instructions }])),
    text(
      'gen_ai.input.messages',
      JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: call.userText }] }]),
    ),
    ...(call.errorType === '' ? [text('gen_ai.output.messages', JSON.stringify(output))] : []),
    ...(call.toolDefinitions === '' ? [] : [text('gen_ai.tool.definitions', call.toolDefinitions)]),
  ];
}

function figures(call: Call): object[] {
  const reason = call.finishReason === '' || call.errorType !== '' ? [] : [{ stringValue: call.finishReason }];
  return [
    integer('gen_ai.usage.input_tokens', call.inputTokens),
    ...(call.errorType === '' ? [integer('gen_ai.usage.output_tokens', call.outputTokens)] : []),
    ...(call.timeToFirstTokenMs > 0
      ? [{ key: 'gen_ai.response.time_to_first_chunk', value: { doubleValue: call.timeToFirstTokenMs / 1000 } }]
      : []),
    ...(reason.length > 0
      ? [{ key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: reason } } }]
      : []),
  ];
}
