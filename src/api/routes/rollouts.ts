import { Type } from 'typebox';
import { ROLLOUT_STATUSES, type RolloutState } from '../../model/index.js';
import { initialState, type Judgement } from '../../rollouts/index.js';
import {
  getRollout,
  listRollouts,
  type RolloutRecord,
  recordRollout,
  rolloutHistory,
} from '../../store/queries/rollouts.js';
import { incidentOverviews } from '../incident-overview.js';
import type { ServerParts } from '../ports.js';
import { notFound } from '../problems.js';
import { declaredRollout, requireSameRollout } from '../rollout-declaration.js';
import { rolloutStrata } from '../rollout-strata.js';
import { rolloutTraffic } from '../rollout-traffic.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { GateAnswer, oneOf, RolloutDeclaration, RolloutDetail, RolloutSummary } from '../schemas.js';
import { gateView, rolloutHistoryView, rolloutView } from '../views.js';

const RolloutId = Type.Object({ id: Type.String() });
const RolloutList = Type.Object({ rollouts: Type.Array(RolloutSummary) });
const RolloutsQuery = Type.Object({
  target: Type.Optional(Type.String()),
  status: Type.Optional(oneOf(ROLLOUT_STATUSES)),
});
const tags = ['rollouts'];

export function rolloutRoutes(server: TypedServer, parts: ServerParts): void {
  const { database } = parts;

  const known = async (id: string): Promise<RolloutRecord> => {
    const record = await getRollout(database, id);
    if (!record) throw notFound('rollout', id, 'GET /api/v1/rollouts lists those that Leeway knows');
    return record;
  };

  server.get(
    '/rollouts',
    {
      schema: {
        tags,
        summary: 'Rollouts, newest first',
        querystring: RolloutsQuery,
        response: { 200: RolloutList, ...PROBLEMS },
      },
    },
    async ({ query: { target, status } }) => {
      const records = await listRollouts(database, {
        ...(target !== undefined && { targetId: target }),
        ...(status !== undefined && { status }),
      });
      const incidentIds = await incidentIdsByRollout(parts);
      return { rollouts: records.map((record) => rolloutView(record, incidentIds.get(record.rollout.id) ?? null)) };
    },
  );

  server.post(
    '/rollouts',
    {
      schema: {
        tags,
        summary: 'Declare a rollout',
        description:
          'The same declaration again answers 200 and changes nothing. Without an id the versions give it one, so that ' +
          'a change that was observed first, or ended before, is that same rollout; to try again, bring an id of your own.',
        body: RolloutDeclaration,
        response: { 200: RolloutSummary, 201: RolloutSummary, ...PROBLEMS },
      },
    },
    async ({ body }, reply) => {
      const rollout = declaredRollout(body, parts.basePolicy(body.target), parts.clock.now());
      const existing = await getRollout(database, rollout.id);
      if (existing) {
        requireSameRollout(existing.rollout, body);
        return reply.code(200).send(rolloutView(existing, (await incidentIdsByRollout(parts)).get(rollout.id) ?? null));
      }
      const state = initialState(rollout);
      await recordRollout(database, rollout, state);
      parts.changes.publish(['rollouts']);
      return reply.code(201).send(rolloutView({ rollout, state }, null));
    },
  );

  server.get(
    '/rollouts/:id',
    {
      schema: {
        tags,
        summary: 'One rollout with its evidence, traffic and history',
        params: RolloutId,
        response: { 200: RolloutDetail, ...PROBLEMS },
      },
    },
    async ({ params }) => {
      const record = await known(params.id);
      const [judgement, history, traffic, strata, incidentIds] = await Promise.all([
        parts.judge(record),
        rolloutHistory(database, params.id),
        rolloutTraffic(database, record, parts.clock.now()),
        rolloutStrata(database, record),
        incidentIdsByRollout(parts),
      ]);
      const { latched } = record.state;
      return {
        ...rolloutView(record, incidentIds.get(params.id) ?? null),
        gate: gateView({ ...judgement.gate, evaluations: judgement.evaluations }),
        latched: latched === null ? null : gateView(latched),
        traffic,
        strata,
        history: history.map(rolloutHistoryView),
      };
    },
  );

  server.get(
    '/rollouts/:id/gate',
    {
      schema: {
        tags,
        summary: 'The verdict, for rollout controllers that ask',
        params: RolloutId,
        response: { 200: GateAnswer, ...PROBLEMS },
      },
    },
    async ({ params }) => {
      const record = await known(params.id);
      const [judgement, incidentIds] = await Promise.all([parts.judge(record), incidentIdsByRollout(parts)]);
      return {
        rolloutId: params.id,
        verdict: lastingVerdict(record.state, judgement),
        n: Math.max(0, ...judgement.evaluations.map(({ candidate }) => candidate.n)),
        stage: judgement.stage,
        candidateShare: judgement.candidateShare,
        reasons: [...judgement.gate.reasons],
        incidentId: incidentIds.get(params.id) ?? null,
      };
    },
  );
}

/** A promotion or a rollback that has happened is the answer for ever. */
function lastingVerdict(state: RolloutState, judgement: Judgement) {
  if (state.status === 'rolled_back') return 'rollback';
  return state.status === 'promoted' ? 'promote' : judgement.gate.verdict;
}

async function incidentIdsByRollout({ database }: ServerParts): Promise<ReadonlyMap<string, string>> {
  const overviews = await incidentOverviews(database);
  // Newest first; the last entry of a Map wins.
  const rollbacks = overviews.filter(({ incident }) => incident.kind === 'rollback');
  return new Map(rollbacks.reverse().map(({ incident }) => [incident.rolloutId, incident.id]));
}
