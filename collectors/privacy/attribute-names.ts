import type { ConventionFields } from '../otlp/conventions/convention.js';

/** Fields of a call that are content, wherever a convention keeps them. */
export const CONTENT_FIELDS = [
  'instructions',
  'template',
  'inputMessages',
  'outputMessages',
  'tools',
  'outputSchema',
] as const satisfies readonly (keyof ConventionFields)[];

/** Fields whose text is an id, a version or one of few words: digits in them are no card numbers. */
export const ID_FIELDS = [
  'provider',
  'requestedModel',
  'servedModel',
  'systemFingerprint',
  'responseId',
  'service',
  'serviceVersion',
  'environment',
  'pod',
  'sessionId',
  'modelVersion',
  'promptVersion',
  'toolsVersion',
  'contextVersion',
  'outputType',
  'finishReason',
  'errorType',
  'guardrail',
  'region',
  'rolloutId',
  'arm',
  'shadowOf',
] as const satisfies readonly (keyof ConventionFields)[];

/** Ids and settings that are no field of a call. */
export const ID_PREFIXES = [
  ...['k8s.', 'container.', 'cloud.', 'telemetry.', 'deployment.', 'host.', 'os.', 'service.', 'process.runtime.'],
  ...['gen_ai.request.', 'gen_ai.usage.', 'llm.token_count.', 'ai.settings.', 'ai.usage.', 'feature_flag.'],
] as const;
export const ID_NAMES = [
  ...[
    'gen_ai.tool.call.id',
    'gen_ai.agent.id',
    'ai.toolCall.id',
    'ai.response.timestamp',
    'prompt.id',
    'mcp.session.id',
  ],
  ...['role', 'index', 'id', 'finish_reason', 'event.name', 'exception.type', 'gen_ai.system'],
] as const;

/**
 * Content of spans that are no generations, and of events: tools and their results, retrieval, embeddings, exceptions
 * (which quote what they failed on), queries. What the conventions read of a call is known from them.
 */
export const CONTENT_NAMES = [
  ...['content', 'message', 'tool_calls', 'body', 'metadata'],
  ...['exception.message', 'exception.stacktrace', 'error.message', 'error.stack'],
  ...['gen_ai.prompt', 'gen_ai.completion', 'gen_ai.tool.call.arguments', 'gen_ai.tool.call.result'],
  ...[
    'gen_ai.tool.description',
    'gen_ai.agent.description',
    'gen_ai.retrieval.query.text',
    'gen_ai.retrieval.documents',
  ],
  ...['input.value', 'output.value', 'llm.function_call', 'llm.prompt_template.variables', 'embedding.text'],
  ...[
    'message.content',
    'document.content',
    'tool.description',
    'tool.parameters',
    'tool.json_schema',
    'reranker.query',
  ],
  ...['ai.toolCall.args', 'ai.toolCall.result', 'ai.value', 'ai.values', 'ai.embedding', 'ai.embeddings', 'ai.schema'],
  ...['ai.prompt', 'ai.response.files', 'ai.response.providerMetadata', 'ai.schema.description', 'ai.schema.name'],
  ...['traceloop.entity.input', 'traceloop.entity.output', 'langfuse.observation.status_message'],
  ...['langfuse.observation.metadata', 'langfuse.trace.input', 'langfuse.trace.output', 'langfuse.trace.metadata'],
  ...['db.statement', 'db.query.text', 'db.query.summary', 'graphql.document', 'url.query', 'url.full', 'http.url'],
  ...['http.target', 'http.request.body', 'http.response.body', 'process.command_line', 'process.command_args'],
] as const;
export const CONTENT_PREFIXES = [
  ...['gen_ai.tool.call.arguments.', 'gen_ai.tool.call.result.', 'gen_ai.retrieval.documents.', 'retrieval.documents.'],
  ...[
    'reranker.input_documents.',
    'reranker.output_documents.',
    'embedding.embeddings.',
    'input.audio.',
    'output.audio.',
  ],
  ...['llm.prompts.', 'llm.completions.', 'llm.choices.', 'llm.prompt_template.variables.', 'tool.parameters.'],
  ...['ai.prompt.', 'ai.request.headers.', 'ai.result.', 'langfuse.observation.metadata.', 'langfuse.trace.metadata.'],
  ...['metadata.', 'db.query.parameter.', 'mcp.request.argument.', 'mcp.tool.arguments.'],
] as const;
/** Of indexed lists: `evaluations.0.evaluation.explanation`. */
export const CONTENT_SUFFIXES = ['.explanation', '.content', '.arguments', '.stacktrace'] as const;

/** Withheld whole, as what it is: no pattern knows a name or a session cookie. */
export const WITHHELD_NAMES: ReadonlyMap<string, string> = new Map([
  ['user.name', 'name'],
  ['user.full_name', 'name'],
  ['user.email', 'email'],
  ['enduser.name', 'name'],
]);
export const SECRET_NAME =
  /(?:^|[._-])(?:authorization|cookie|set-cookie|password|passwd|passphrase|secret|api[_-]?key|access[_-]?token|private[_-]?key)$/i;

/** Events and log records that are a message of the conversation, or all of it. */
export const MESSAGE_EVENT =
  /^(?:gen_ai\.(?:.+\.message|choice|content\..+)|gen_ai\.client\.inference\.operation\.details|llm\.content\..+)$/;
