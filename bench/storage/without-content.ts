import type { Database } from '../../src/store/index.js';

/** Attributes that hold what was said and what was to be done. */
const CONTENT = [
  'gen_ai.system_instructions',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.tool.definitions',
] as const;

/** `SELECT` of spans as they are when nothing of their content is kept. */
const SPANS_WITHOUT_CONTENT = `SELECT * REPLACE (
  mapFilter((key, value) -> key NOT IN (${CONTENT.map((key) => `'${key}'`).join(', ')}), SpanAttributes) AS SpanAttributes
) FROM leeway.otel_traces`;

/** Leeway's own tables without content: the spans and artifacts of another run of the same, the rest as it is. */
export async function dropContent(database: Database): Promise<void> {
  await database.command('CREATE TABLE leeway.spans_without_content AS leeway.otel_traces');
  await database.command(`INSERT INTO leeway.spans_without_content ${SPANS_WITHOUT_CONTENT}`);
  await database.command('TRUNCATE TABLE leeway.otel_traces');
  await database.command('EXCHANGE TABLES leeway.spans_without_content AND leeway.otel_traces');
  await database.command('DROP TABLE leeway.spans_without_content SYNC');
  await database.command('TRUNCATE TABLE leeway.artifacts');
}
