import { Type } from 'typebox';
import { LeewayError, MAX_OUTCOMES_PER_REQUEST } from '../../model/index.js';
import { traceOutcomes } from '../../store/queries/outcomes.js';
import type { Intake, ServerParts } from '../ports.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { OutcomeInput, OutcomeList, OutcomesAccepted, TraceId } from '../schemas.js';
import { elementCheck } from '../validation.js';
import { outcomeView } from '../views.js';

/** Refused outcomes that the answer to a wholly bad request names. */
const MAX_NAMED_PROBLEMS = 5;

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
          'By trace, span or response id; the generation may arrive later. Answered once the outcomes are durable: 202, or ' +
          '207 when some were refused and the others taken, or 400 when all were refused. Sent again, an outcome of the ' +
          'same name for the same generation (or with the same id) replaces itself.',
        // Each outcome is checked by itself below.
        body: Type.Unsafe<unknown>(OutcomesBody),
        response: { 202: OutcomesAccepted, 207: OutcomesAccepted, ...PROBLEMS },
      },
      validatorCompiler: () => (value: unknown) => ({ value }),
    },
    async ({ body }, reply) => {
      const answer = await takeEach(intake, namedElements(body), clock.now());
      telemetry.ingest.outcomes.inc(answer.accepted);
      return reply.code(answer.rejected.length === 0 ? 202 : 207).send(answer);
    },
  );
}

const checkOutcome = elementCheck(OutcomeInput);

/** What was posted, one by one, each under the name that its problems are told by. */
function namedElements(body: unknown): { readonly name: string; readonly element: unknown }[] {
  if (!Array.isArray(body)) return [{ name: 'body', element: body }];
  if (body.length === 0) throw new LeewayError('LEEWAY_INVALID', 'body must not have fewer than 1 items');
  if (body.length > MAX_OUTCOMES_PER_REQUEST)
    throw new LeewayError('LEEWAY_INVALID', `body must not have more than ${MAX_OUTCOMES_PER_REQUEST} items`);
  return body.map((element: unknown, index) => ({ name: `body[${index}]`, element }));
}

/** @throws LeewayError LEEWAY_INVALID when every one was refused */
async function takeEach(
  intake: Intake,
  sent: readonly { readonly name: string; readonly element: unknown }[],
  nowMs: number,
): Promise<OutcomesAccepted> {
  const checked = sent.map(({ name, element }) => checkOutcome(element, name));
  const good = checked.flatMap((one, index) => (one.ok ? [{ index, value: one.value }] : []));
  const taken = await intake.outcomes(
    good.map(({ value }) => value),
    nowMs,
  );
  const results = new Map(good.map(({ index }, order) => [index, taken[order]]));
  const ids: (string | null)[] = [];
  const rejected: OutcomesAccepted['rejected'] = [];
  checked.forEach((one, index) => {
    const result = results.get(index);
    ids.push(result?.ok ? result.id : null);
    if (!one.ok) rejected.push({ index, detail: one.problem });
    else if (result?.ok === false)
      rejected.push({ index, detail: `${sent[index]?.name ?? ''}.${result.field} ${result.problem}` });
  });
  if (rejected.length === sent.length) throw new LeewayError('LEEWAY_INVALID', allRefused(rejected));
  return { accepted: sent.length - rejected.length, ids, rejected };
}

function allRefused(rejected: OutcomesAccepted['rejected']): string {
  const named = rejected.slice(0, MAX_NAMED_PROBLEMS).map(({ detail }) => detail);
  const more = rejected.length > named.length ? [`and ${rejected.length - named.length} more`] : [];
  return [...named, ...more].join('; ');
}
