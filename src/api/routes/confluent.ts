import type { FastifyInstance, FastifyReply } from 'fastify';
import { COMPATIBILITY_MODES, checkCompatibility, digestOf, POLICIES, type SubjectRules } from '../../catalog/index.js';
import { errorMessage, LeewayError } from '../../model/index.js';
import * as problems from '../confluent/problems.js';
import { Subjects, type SubjectVersion } from '../confluent/subjects.js';
import type { ServerParts } from '../ports.js';

/** What Confluent's clients send and expect; `application/json` is taken too. */
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
const MEDIA_TYPES = [MEDIA_TYPE, 'application/vnd.schemaregistry+json'];
const MAX_SUBJECT_CHARACTERS = 600;
const MAX_VERSION = 2 ** 31 - 1;

interface SubjectParams {
  readonly subject: string;
}
type VersionParams = SubjectParams & { readonly version: string };
type Query = Readonly<Record<string, string | undefined>>;

/**
 * The part of Confluent's Schema Registry API that checks in CI and serialisers use, for JSON Schema. It is not in the
 * OpenAPI description: it is described by those who made it.
 */
export function confluentRoutes(scope: FastifyInstance, { registry, log }: ServerParts): void {
  const subjects = new Subjects(registry);
  scope.addContentTypeParser(MEDIA_TYPES, { parseAs: 'string' }, scope.getDefaultJsonParser('error', 'error'));
  answerAsConfluent(scope, log);
  scope.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true };
  });

  scope.get('/', async () => ({}));
  scope.get('/schemas/types', async () => ['JSON']);
  scope.get('/subjects', async () => subjects.names());

  scope.get<{ Params: SubjectParams }>('/subjects/:subject/versions', async ({ params: { subject } }) =>
    (await existing(subjects, subject)).map(({ version }) => version),
  );

  scope.get<{ Params: VersionParams }>('/subjects/:subject/versions/:version', async ({ params }) =>
    describe(await versionOf(subjects, params)),
  );

  scope.get<{ Params: VersionParams }>('/subjects/:subject/versions/:version/schema', async ({ params }, reply) =>
    reply.type(MEDIA_TYPE).send((await versionOf(subjects, params)).text),
  );

  scope.post<{ Params: SubjectParams }>('/subjects/:subject/versions', async ({ params: { subject }, body }) => {
    const { schema, text } = schemaIn(body);
    return { id: await subjects.register(checked(subject), schema, text) };
  });

  scope.post<{ Params: SubjectParams }>('/subjects/:subject', async ({ params: { subject }, body }) => {
    const { schema } = schemaIn(body);
    const digest = digestOf(schema);
    const found = (await existing(subjects, subject)).find((version) => version.digest === digest);
    if (found === undefined) throw problems.schemaNotFound();
    return describe(found);
  });

  scope.get<{ Params: { id: string } }>('/schemas/ids/:id', async ({ params: { id } }) => {
    const found = (await subjects.all()).find((version) => String(version.id) === id);
    if (found === undefined) throw problems.schemaNotFound();
    return { schemaType: 'JSON', schema: found.text };
  });

  scope.post<{ Params: VersionParams; Querystring: Query }>(
    '/compatibility/subjects/:subject/versions/:version',
    async ({ params, query, body }) => {
      const versions = await subjects.versions(checked(params.subject));
      // The first version of a subject may be anything.
      const isFirst = params.version === 'latest' && versions.length === 0;
      const against = isFirst ? [] : [pick(versions, params)];
      return compatibility(subjects, params.subject, against, body, query);
    },
  );

  scope.post<{ Params: SubjectParams; Querystring: Query }>(
    '/compatibility/subjects/:subject/versions',
    async ({ params: { subject }, query, body }) =>
      compatibility(subjects, subject, await subjects.versions(checked(subject)), body, query),
  );

  scope.get('/config', async () => rulesView(await subjects.rules('')));

  scope.put('/config', async ({ body }) => {
    const rules = rulesIn(body);
    await registry.setRules('', rules, '');
    return rulesTaken(rules);
  });

  scope.get<{ Params: SubjectParams; Querystring: Query }>('/config/:subject', async ({ params, query }) => {
    const subject = checked(params.subject);
    const isOwn = await registry.hasOwnRules(subject);
    if (!isOwn && query['defaultToGlobal'] !== 'true') throw problems.rulesNotFound(subject);
    return rulesView(await subjects.rules(subject));
  });

  scope.put<{ Params: SubjectParams }>('/config/:subject', async ({ params, body }) => {
    const rules = rulesIn(body);
    await registry.setRules(checked(params.subject), rules, '');
    return rulesTaken(rules);
  });
}

function answerAsConfluent(scope: FastifyInstance, log: (message: string) => void): void {
  scope.addHook('preSerialization', async (_request, reply) => {
    reply.type(MEDIA_TYPE);
  });
  scope.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    if (error instanceof problems.ConfluentProblem) return answer(reply, error.status, error.errorCode, error.message);
    const status = error instanceof LeewayError ? error.status : (error.statusCode ?? 500);
    if (status < 500) return answer(reply, status, status, error.message);
    log(`${request.method} ${request.url.split('?', 1)[0] ?? ''}: ${errorMessage(error)}`);
    return answer(reply, 500, 50001, "the request could not be answered; the service's log says why");
  });
  scope.setNotFoundHandler((request, reply) =>
    answer(reply, 404, 404, `${request.method} is not offered here; docs/integrations.md says what is`),
  );
}

function answer(reply: FastifyReply, status: number, errorCode: number, message: string): FastifyReply {
  return reply.code(status).type(MEDIA_TYPE).send({ error_code: errorCode, message });
}

async function existing(subjects: Subjects, subject: string): Promise<SubjectVersion[]> {
  const versions = await subjects.versions(checked(subject));
  if (versions.length === 0) throw problems.subjectNotFound(subject);
  return versions;
}

async function versionOf(subjects: Subjects, params: VersionParams): Promise<SubjectVersion> {
  return pick(await existing(subjects, params.subject), params);
}

function pick(versions: readonly SubjectVersion[], { version }: VersionParams): SubjectVersion {
  const isLatest = version === 'latest' || version === '-1';
  const number = isLatest ? versions.length : Number(version);
  if (!isLatest && !(/^\d+$/.test(version) && number >= 1 && number <= MAX_VERSION))
    throw problems.invalidVersion(version);
  const found = versions.find((one) => one.version === number);
  if (found === undefined) throw problems.versionNotFound(number);
  return found;
}

function checked(subject: string): string {
  if (subject === '' || subject.length > MAX_SUBJECT_CHARACTERS || /\p{Cc}/u.test(subject))
    throw new problems.ConfluentProblem(422, 42208, 'The specified subject is not a valid subject name');
  return subject;
}

function describe({ subject, version, id, text }: SubjectVersion) {
  return { subject, version, id, schemaType: 'JSON', schema: text };
}

async function compatibility(
  subjects: Subjects,
  subject: string,
  against: readonly SubjectVersion[],
  body: unknown,
  query: Query,
) {
  const { isCompatible, messages } = await subjects.judge(subject, against, schemaIn(body).schema);
  return query['verbose'] === 'true'
    ? { is_compatible: isCompatible, messages: [...messages] }
    : { is_compatible: isCompatible };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws ConfluentProblem 42201 naming what is wrong */
function schemaIn(body: unknown): { readonly schema: unknown; readonly text: string } {
  if (!isObject(body) || typeof body['schema'] !== 'string')
    throw problems.invalidSchema('the body must be {"schemaType": "JSON", "schema": "…"}');
  const { schemaType = 'AVRO', schema: text, references } = body;
  if (schemaType !== 'JSON')
    throw problems.invalidSchema(
      `schemaType ${String(schemaType)} is not supported here; only "JSON" is, and it must be said`,
    );
  if (Array.isArray(references) && references.length > 0)
    throw problems.invalidSchema('references to other subjects are not supported; put what they hold under $defs');
  const schema = parsed(body['schema']);
  if (typeof schema !== 'boolean' && !isObject(schema))
    throw problems.invalidSchema('a JSON Schema is an object or a boolean');
  // Everything satisfies `true`: what is not known now is whether this is a schema at all.
  const read = checkCompatibility(schema, true);
  if (read.verdict === 'unknown') throw problems.invalidSchema(read.reason.replace('the old schema ', 'it '));
  return { schema, text: String(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problems.invalidSchema(errorMessage(error));
  }
}

/** @throws ConfluentProblem 42203 naming what is wrong */
function rulesIn(body: unknown): SubjectRules {
  const given = isObject(body) ? body : {};
  const level = given['compatibility'] ?? given['compatibilityLevel'];
  const mode = COMPATIBILITY_MODES.find((one) => one === level);
  if (mode === undefined) throw problems.invalidRules(`compatibility is ${JSON.stringify(level ?? null)}`);
  const asked = given['compatibilityPolicy'];
  const policy = POLICIES.find((one) => one === asked) ?? null;
  if (asked !== undefined && policy === null)
    throw problems.invalidRules(`compatibilityPolicy is ${JSON.stringify(asked)}, not ${POLICIES.join(' or ')}`);
  return { mode, policy };
}

function rulesView({ mode, policy }: { readonly mode: string; readonly policy: string }) {
  return { compatibilityLevel: mode, compatibilityPolicy: policy };
}

function rulesTaken({ mode, policy }: SubjectRules) {
  return { compatibility: mode, ...(policy === null ? {} : { compatibilityPolicy: policy }) };
}
