import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai';
import { callChats } from './openai-calls.mjs';
import { require, startPipeline } from './pipeline.mjs';

const pipeline = startPipeline(() => [new OpenAIInstrumentation()]);
const { OpenAI } = require('openai');
await callChats(new OpenAI({ maxRetries: 0 }));
await pipeline.finish();
