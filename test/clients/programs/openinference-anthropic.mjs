import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic';
import { require, startPipeline } from './pipeline.mjs';

const pipeline = startPipeline(() => [new AnthropicInstrumentation()]);
const { Anthropic } = require('@anthropic-ai/sdk');
// Its own tracing off: one instrumentation a call.
const anthropic = new Anthropic({ maxRetries: 0, openTelemetry: false });
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const ask = (situation, more = {}) => ({
  model: 'claude-sonnet-4-5',
  max_tokens: 100,
  system: 'You are a support bot. Be brief.',
  messages: [{ role: 'user', content: `What does it cost? situation: ${situation}` }],
  ...more,
});
await anthropic.messages.create(ask('chat'));
const tool = { name: 'get_weather', description: 'Weather of a city', input_schema: schema };
await anthropic.messages.create(ask('tool', { tools: [tool] }));
await anthropic.messages.create(ask('refusal'));
await anthropic.messages.create(ask('length'));
await pipeline.finish();
