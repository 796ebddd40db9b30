import { randomBytes } from 'node:crypto';

/** One LLM call as an OTLP/JSON span in the current GenAI convention. */
export interface Call {
  /** Unix seconds. */
  readonly at: number;
  readonly prompt: string;
  /** The structured output is broken. */
  readonly broken?: boolean;
  readonly traceId?: string;
  /** The system instructions it ran with. */
  readonly instructions?: string;
}

const SCHEMA = JSON.stringify({
  type: 'object',
  properties: { category: { type: 'string' } },
  required: ['category'],
});

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const integer = (key: string, value: number) => ({ key, value: { intValue: String(value) } });

/** Body of a POST to /v1/traces. */
export function tracesBody(calls: readonly Call[], service = 'support-bot'): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: {
          attributes: [text('service.name', service), text('deployment.environment.name', 'test')],
        },
        scopeSpans: [{ scope: { name: 'test' }, spans: calls.map(span) }],
      },
    ],
  });
}

function span({ at, prompt, broken, traceId, instructions }: Call) {
  const output = broken ? 'Sure! {"category": billing}' : '{"category":"billing"}';
  const message = [{ role: 'assistant', parts: [{ type: 'text', content: output }], finish_reason: 'stop' }];
  return {
    traceId: traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'chat gpt-4o',
    kind: 3,
    startTimeUnixNano: `${Math.round(at * 1000)}000000`,
    endTimeUnixNano: `${Math.round(at * 1000) + 500}000000`,
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', 'openai'),
      text('gen_ai.request.model', 'gpt-4o'),
      text('gen_ai.response.model', 'gpt-4o-2024-11-20'),
      text('gen_ai.prompt.name', 'triage'),
      text('gen_ai.prompt.version', prompt),
      text('gen_ai.output.type', 'json'),
      text('leeway.output.schema', SCHEMA),
      text('gen_ai.output.messages', JSON.stringify(message)),
      ...(instructions === undefined
        ? []
        : [text('gen_ai.system_instructions', JSON.stringify([{ type: 'text', content: instructions }]))]),
      integer('gen_ai.usage.input_tokens', 100),
      { key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: [{ stringValue: 'stop' }] } } },
    ],
  };
}
