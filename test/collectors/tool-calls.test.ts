import { describe, expect, it } from 'vitest';
import { judgeToolCalls, type ToolCallPart } from '../../collectors/tool-calls.js';
import { normaliseTools } from '../../collectors/tool-definitions.js';

const TOOLS = normaliseTools([
  {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
  { name: 'ping' },
]);

function call(name: string, given: string): ToolCallPart {
  return { kind: 'tool_call', name, arguments: given };
}

describe('tool calls', () => {
  it.each([
    ['ok', [call('get_weather', '{"city":"Paris"}')]],
    ['ok', [call('ping', '')]],
    ['unknown_tool', [call('get_time', '{}')]],
    ['not_json', [call('get_weather', '{"city":')]],
    ['invalid_arguments', [call('get_weather', '{"town":"Paris"}')]],
    ['invalid_arguments', [call('ping', '{}'), call('get_weather', '[]')]],
    ['not_applicable', []],
  ])('are %s when they are %j', (verdict, calls) => {
    expect(judgeToolCalls(calls, TOOLS).verdict).toBe(verdict);
  });

  it('cannot be checked without definitions, but tell who uses what', () => {
    const check = judgeToolCalls([call('get_weather', '{"city":"Paris","unit":"C"}')], []);
    expect(check.verdict).toBe('not_checkable');
    expect(check.fields).toEqual(['get_weather', 'get_weather.city', 'get_weather.unit']);
  });

  it('name what is wrong without repeating what the model wrote', () => {
    const { reason } = judgeToolCalls([call('get_weather', '{"city":12345}')], TOOLS);
    expect(reason).toBe('get_weather: /city must be string');
  });
});
