import { Type } from 'typebox';
import { ACTION_STATUSES, type Action as ActionState } from '../../model/index.js';
import { getAction, listActions } from '../../store/queries/actions.js';
import type { ServerParts } from '../ports.js';
import { notFound } from '../problems.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { Action, oneOf, PersonalNote } from '../schemas.js';
import { actionView } from '../views.js';

const ActionId = Type.Object({ id: Type.String() });
const ActionList = Type.Object({ actions: Type.Array(Action) });
const ActionsQuery = Type.Object({
  status: Type.Optional(oneOf(ACTION_STATUSES)),
  incident: Type.Optional(Type.String()),
});
const tags = ['actions'];

export function actionRoutes(server: TypedServer, { database, desk, changes }: ServerParts): void {
  const known = async (id: string): Promise<ActionState> => {
    const action = await getAction(database, id);
    if (!action) throw notFound('action', id, 'GET /api/v1/actions lists those that Leeway knows');
    return action;
  };

  server.get(
    '/actions',
    {
      schema: {
        tags,
        summary: 'Notifications and rollbacks, newest first',
        querystring: ActionsQuery,
        response: { 200: ActionList, ...PROBLEMS },
      },
    },
    async ({ query: { status, incident } }) => {
      const actions = await listActions(database, {
        ...(status !== undefined && { status }),
        ...(incident !== undefined && { incidentIds: [incident] }),
      });
      return { actions: actions.map(actionView) };
    },
  );

  for (const [verb, summary] of [
    ['approve', 'Let a rollback that waits for approval go on'],
    ['reject', 'Cancel a rollback that waits for approval'],
  ] as const)
    server.post(
      `/actions/:id/${verb}`,
      {
        schema: { tags, summary, params: ActionId, body: PersonalNote, response: { 200: Action, ...PROBLEMS } },
      },
      async ({ params, body }) => {
        await known(params.id);
        await desk[verb](params.id, body);
        changes.publish(['incidents', 'actions']);
        return actionView(await known(params.id));
      },
    );
}
