import type { Generation, Trace } from '../../../src/api/schemas.js';
import { DIGEST, HOSTILE_TEXT, type SecondsAgo, TARGET, TRACE_ID, versions } from './subjects.js';

export function brokenGeneration(startTime: string, index: number): Generation {
  return {
    traceId: index === 0 ? TRACE_ID : TRACE_ID.replace(/^../, String(10 + index)),
    spanId: index === 0 ? 'eee19b7ec3c1b174' : `eee19b7ec3c1b1${10 + index}`,
    target: TARGET,
    startTime,
    durationMs: 1240 + index * 91,
    provider: 'openai',
    requestedModel: 'gpt-4o',
    servedModel: 'gpt-4o-2024-11-20',
    versions: versions('v13'),
    vectorId: 'f00dcafe00000013',
    stratum: '0-4k',
    inputTokens: 812 + index,
    outputTokens: index === 3 ? null : 96,
    finishReason: 'stop',
    finishReasonRaw: 'stop',
    errorType: '',
    compliance: index % 4 === 2 ? 'not_json' : 'schema_invalid',
    complianceReason:
      index % 4 === 2 ? `not JSON: ${HOSTILE_TEXT}` : '/category must be equal to one of the allowed values',
    refusal: false,
    sessionId: `session-${100 + index}`,
    pod: 'support-bot-7d9c-x2k4p',
    promptDigest: DIGEST.replace('3', '4'),
    toolsDigest: DIGEST,
    contextDigest: DIGEST.replace('3', '5'),
    schemaDigest: '',
  };
}

export function brokenTrace(at: SecondsAgo): Trace {
  const span = (
    spanId: string,
    parentSpanId: string,
    name: string,
    offset: number,
    durationMs: number,
    fields: Partial<Trace['spans'][number]> = {},
  ) => ({
    spanId,
    parentSpanId,
    name,
    kind: 'Internal',
    service: 'support-bot',
    startTime: at(40 - offset / 1000),
    durationMs,
    statusCode: 'Unset',
    statusMessage: '',
    attributes: {},
    events: [],
    ...fields,
  });
  return {
    traceId: TRACE_ID,
    complete: true,
    spans: [
      span('00f067aa0ba902b7', '', 'POST /tickets', 0, 1720, {
        kind: 'Server',
        attributes: { 'http.request.method': 'POST', 'url.path': '/tickets' },
      }),
      span('b7ad6b7169203331', '00f067aa0ba902b7', 'invoke_agent support-triage', 40, 1640),
      span('eee19b7ec3c1b174', 'b7ad6b7169203331', 'chat gpt-4o', 60, 1240, {
        kind: 'Client',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.output.messages': `[{"role":"assistant","parts":[{"type":"text","content":"${HOSTILE_TEXT}"}]}]`,
        },
      }),
      span('aa0ba902b700f067', 'b7ad6b7169203331', 'execute_tool route_ticket', 1310, 350, {
        statusCode: 'Error',
        statusMessage: 'KeyError: category',
        events: [
          {
            at: at(38),
            name: 'exception',
            attributes: { 'exception.type': 'KeyError', 'exception.message': HOSTILE_TEXT },
          },
        ],
      }),
    ],
    generations: [brokenGeneration(at(40), 0)],
    outcomes: [
      {
        id: 'out_1',
        name: 'task_success',
        value: 0,
        source: 'downstream',
        comment: 'execute_tool route_ticket failed',
        spanId: 'eee19b7ec3c1b174',
        at: at(38),
      },
    ],
    artifacts: [
      {
        digest: DIGEST.replace('3', '4'),
        kind: 'prompt',
        content: `You sort support tickets. Answer with JSON only: {"category": …, "urgency": 1..5}.\n\n${HOSTILE_TEXT}`,
      },
      {
        digest: DIGEST,
        kind: 'tools',
        content:
          '[{"name":"route_ticket","parameters":{"type":"object","properties":{"category":{"enum":["billing","bug","other"]}},"required":["category"]}}]',
      },
      {
        digest: DIGEST.replace('3', '5'),
        kind: 'context',
        content: '["system:text","user:text","assistant:text","user:text"]',
      },
    ],
  };
}
