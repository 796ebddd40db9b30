import { Type } from 'typebox';
import { traceOutcomes } from '../../store/queries/outcomes.js';
import type { ServerParts } from '../ports.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { OutcomeInput, OutcomeList, OutcomesAccepted, TraceId } from '../schemas.js';
import { outcomeView } from '../views.js';

const MAX_OUTCOMES_PER_REQUEST = 1_000;

const OutcomesQuery = Type.Object({ trace: TraceId });
const OutcomesBody = Type.Union([
  OutcomeInput,
  Type.Array(OutcomeInput, { minItems: 1, maxItems: MAX_OUTCOMES_PER_REQUEST }),
]);
const tags = ['outcomes'];

export function outcomeRoutes(server: TypedServer, { database, clock, intake, telemetry }: ServerParts): void {
  server.get(
    '/outcomes',
    {
      schema: {
        tags,
        summary: 'Results that belong to a trace',
        querystring: OutcomesQuery,
        response: { 200: OutcomeList, ...PROBLEMS },
      },
    },
    async ({ query }) => ({ outcomes: (await traceOutcomes(database, query.trace)).map(outcomeView) }),
  );

  server.post(
    '/outcomes',
    {
      schema: {
        tags,
        summary: 'Say how generations turned out',
        description:
          'By trace, span or response id; the generation may arrive later. Answered once the outcomes are durable. ' +
          'Sent again, an outcome of the same name for the same generation (or with the same id) replaces itself.',
        body: OutcomesBody,
        response: { 202: OutcomesAccepted, ...PROBLEMS },
      },
    },
    async ({ body }, reply) => {
      const ids = await intake.outcomes(Array.isArray(body) ? body : [body], clock.now());
      telemetry.ingest.outcomes.inc(ids.length);
      return reply.code(202).send({ accepted: ids.length, ids: [...ids] });
    },
  );
}
