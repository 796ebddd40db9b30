import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { callChats, callResponses } from './openai-calls.mjs';
import { require, startPipeline } from './pipeline.mjs';

const pipeline = startPipeline(() => [new OpenAIInstrumentation()]);
const { OpenAI } = require('openai');
const openai = new OpenAI({ maxRetries: 0 });
await callChats(openai);
await callResponses(openai);
await pipeline.finish();
