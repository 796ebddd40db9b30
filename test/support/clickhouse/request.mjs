import { gunzipSync } from 'node:zlib';

/**
 * @typedef {object} AskedQuery
 * @property {string} query the statement; of an INSERT with data without the data
 * @property {Buffer} data what follows the statement: the rows of an INSERT, else empty
 * @property {ReadonlyMap<string, string>} parameters values of `{name:Type}`, escaped as they came
 * @property {ReadonlyMap<string, string>} settings
 * @property {string} database
 * @property {string} format used when the statement names none
 * @property {string} queryId
 * @property {string} token of deduplication, or empty
 * @property {boolean} readonly as GET is
 * @property {boolean} compressed whether the body came compressed
 * @property {boolean} acceptsGzip whether the answer may be compressed
 */

/** URL parameters that are not settings of the engine. */
const NOT_SETTINGS = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'session_id',
  'session_timeout',
  'role',
  'user',
  'password',
  // Settings of the HTTP layer, which the engine alone does not know.
  'enable_http_compression',
  'wait_end_of_query',
  'buffer_size',
  'send_progress_in_http_headers',
]);

/**
 * The query in the URL, in the body, or begun in the URL and continued in the body, as the real server joins them.
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<AskedQuery>}
 */
export async function readRequest(request) {
  const url = new URL(request.url ?? '/', 'http://server');
  const { fields, body } = await readBody(request);
  const given = new Map([...url.searchParams, ...fields]);
  const inUrl = given.get('query') ?? '';
  const settings = [...given].filter(([name]) => !NOT_SETTINGS.has(name) && !name.startsWith('param_'));
  const query = inUrl || body.toString();
  return {
    query,
    data: inUrl ? body : Buffer.alloc(0),
    parameters: new Map(
      [...given].filter(([name]) => name.startsWith('param_')).map(([name, value]) => [name.slice(6), value]),
    ),
    settings: new Map(settings),
    database: given.get('database') ?? 'default',
    format: given.get('default_format') ?? header(request, 'x-clickhouse-format') ?? 'TabSeparated',
    queryId: given.get('query_id') ?? '',
    token: given.get('insert_deduplication_token') ?? /insert_deduplication_token = '([^']*)'/.exec(query)?.[1] ?? '',
    readonly: request.method === 'GET',
    compressed: header(request, 'content-encoding') === 'gzip',
    acceptsGzip:
      given.get('enable_http_compression') === '1' && (header(request, 'accept-encoding') ?? '').includes('gzip'),
  };
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<{ fields: [string, string][], body: Buffer }>}
 */
async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const body = header(request, 'content-encoding') === 'gzip' ? gunzipSync(raw) : raw;
  const type = header(request, 'content-type') ?? '';
  if (!type.startsWith('multipart/form-data')) return { fields: [], body };
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  return { fields: [...form].map(([name, value]) => [name, String(value)]), body: Buffer.alloc(0) };
}

/** @param {import('node:http').IncomingMessage} request @param {string} name */
function header(request, name) {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
