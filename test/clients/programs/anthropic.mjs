// The Anthropic SDK traces itself.
import Anthropic from '@anthropic-ai/sdk';
import { startPipeline } from './pipeline.mjs';

const pipeline = startPipeline();
const anthropic = new Anthropic({ maxRetries: 0 });
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
for await (const _event of await anthropic.messages.create(ask('stream', { stream: true })));
await pipeline.finish();
