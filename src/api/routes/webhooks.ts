import { Type } from 'typebox';
import { errorMessage, LeewayError } from '../../model/index.js';
import type { ServerParts, WebhookAnswer } from '../ports.js';
import { notFound } from '../problems.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { WebhookTaken } from '../schemas.js';
import { deploymentView } from '../views.js';

/** Body of a delivery: a prompt of any sensible length fits. */
export const MAX_INCOMING_WEBHOOK_BYTES = 1024 ** 2;

/** UTF-16 units of what is logged of a delivery. */
const MAX_LOG_LINE_LENGTH = 500;

const CONTENT_TYPES = ['application/json', 'application/cloudevents+json'];

const WebhookName = Type.Object({ name: Type.String({ maxLength: 64 }) });
const WebhookQuery = Type.Object({
  token: Type.String({ default: '', maxLength: 512, description: 'For senders that neither sign nor set headers' }),
});

/** Incoming webhooks. The body stays as it came: signatures are over its bytes. */
export function webhookRoutes(server: TypedServer, parts: ServerParts): void {
  server.register(async (scope: TypedServer) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      CONTENT_TYPES,
      { parseAs: 'buffer', bodyLimit: MAX_INCOMING_WEBHOOK_BYTES },
      (_request, body, done) => done(null, body),
    );
    scope.post(
      '/webhooks/:name',
      {
        bodyLimit: MAX_INCOMING_WEBHOOK_BYTES,
        schema: {
          tags: ['deployments'],
          summary: 'Deliveries of systems that tell of deployments',
          description:
            'A webhook of the configuration, in the form and with the signature of its type. A delivery that comes again ' +
            'gives the same deployments; one that tells of none is answered 202 with the reason.',
          params: WebhookName,
          querystring: WebhookQuery,
          response: { 202: WebhookTaken, ...PROBLEMS },
        },
      },
      async ({ params: { name }, query: { token }, headers, body }, reply) => {
        const delivery = { headers, token, body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) };
        const answer = await receive(parts, name, delivery);
        if (answer.kind === 'unknown') throw notFound('webhook', name, 'leeway.yaml names those that there are');
        if (answer.kind === 'refused') {
          reply.header('www-authenticate', 'Bearer');
          throw new LeewayError('LEEWAY_UNAUTHENTICATED', answer.reason);
        }
        const { deployments, ignored } = answer;
        return reply.code(202).send({ deployments: deployments.map(deploymentView), ignored: [...ignored] });
      },
    );
  });
}

/** Takes a delivery, and counts and logs what became of it. */
async function receive(
  { intake, clock, telemetry, log }: ServerParts,
  name: string,
  delivery: Parameters<ServerParts['intake']['webhook']>[1],
): Promise<WebhookAnswer> {
  try {
    const answer = await intake.webhook(name, delivery, clock.now());
    const type = answer.kind === 'unknown' ? 'unknown' : answer.type;
    telemetry.ingest.webhooks.inc({ type, result: resultOf(answer) });
    if (answer.kind !== 'unknown') log(`webhook ${name}: ${describe(answer)}`);
    return answer;
  } catch (error) {
    telemetry.ingest.webhooks.inc({ type: 'unknown', result: 'failed' });
    log(`webhook ${name}: ${oneLine(errorMessage(error))}`);
    throw error;
  }
}

function resultOf(answer: WebhookAnswer): string {
  return answer.kind === 'taken' && answer.deployments.length === 0 ? 'ignored' : answer.kind;
}

function describe(answer: Exclude<WebhookAnswer, { readonly kind: 'unknown' }>): string {
  if (answer.kind === 'refused') return `refused: ${answer.reason}`;
  const taken = answer.deployments.map(({ id, surface, version }) => `${surface} ${version} (${id})`);
  const ignored = answer.ignored.map((reason) => `ignored: ${reason}`);
  return oneLine([...taken, ...ignored].join('; '));
}

/** What a sender wrote must not look like lines of the log. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_LOG_LINE_LENGTH);
}
