import { Type } from 'typebox';
import { listDeployments } from '../../store/queries/deployments.js';
import type { ServerParts } from '../ports.js';
import { PROBLEMS, type TypedServer } from '../routing.js';
import { Deployment, DeploymentInput } from '../schemas.js';
import { deploymentView } from '../views.js';

const DeploymentList = Type.Object({ deployments: Type.Array(Deployment) });
const DeploymentsQuery = Type.Object({ service: Type.Optional(Type.String()) });
const tags = ['deployments'];

export function deploymentRoutes(server: TypedServer, { database, clock, intake }: ServerParts): void {
  server.get(
    '/deployments',
    {
      schema: {
        tags,
        summary: 'Releases and moved pointers, newest first',
        querystring: DeploymentsQuery,
        response: { 200: DeploymentList, ...PROBLEMS },
      },
    },
    async ({ query }) => ({
      deployments: (await listDeployments(database, { service: query.service })).map(deploymentView),
    }),
  );

  server.post(
    '/deployments',
    {
      schema: {
        tags,
        summary: 'Say that a version was released or a pointer moved',
        body: DeploymentInput,
        response: { 201: Deployment, ...PROBLEMS },
      },
    },
    async ({ body }, reply) => {
      const deployment = await intake.deployment(body, clock.now());
      return reply.code(201).send(deploymentView(deployment));
    },
  );
}
