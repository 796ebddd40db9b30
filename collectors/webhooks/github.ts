import { createHash } from 'node:crypto';
import { at, isObject, parseJson } from '../json-content.js';
import { comment, optionalSurface, optionalText, optionalTime, requiredObject, requiredText } from './fields.js';
import { ignored, moved, type Reading, type WebhookRequest, type WebhookSource } from './source.js';
import { header, textSecretProblem, verifyBodySignature } from './verification.js';

/**
 * GitHub's webhooks: a deployment counts when a status says `success`; a `repository_dispatch` counts when its
 * `client_payload` names a version. Nothing that is signed tells when a request was sent; an event that comes again is
 * known by the deployment's id, or by its bytes.
 * @see https://docs.github.com/webhooks/webhook-events-and-payloads
 */
export const github: WebhookSource = {
  type: 'github',
  namesService: true,
  namesSurface: true,
  surface: null,
  secretProblem: textSecretProblem,
  verify: (request, secret) => verifyBodySignature(request, { name: 'x-hub-signature-256', prefix: 'sha256=', secret }),
  read(payload, request) {
    const event = header(request, 'x-github-event') ?? '';
    if (event === 'deployment_status') return deploymentStatus(payload);
    if (event === 'repository_dispatch') return repositoryDispatch(payload, request);
    if (event === 'deployment') return ignored('a deployment is recorded when a status says that it succeeded');
    return ignored(`${event === '' ? 'a request without X-GitHub-Event' : `a ${event}`} is no deployment`);
  },
};

function deploymentStatus(payload: unknown): Reading {
  const state = requiredText(payload, 'deployment_status', 'state');
  if (state !== 'success') return ignored(`the deployment's state is ${state}`);
  const deployment = requiredObject(payload, 'deployment');
  const told = at(deployment, 'payload');
  // The API takes any JSON for a payload; the command line sends it as text.
  const extra = typeof told === 'string' ? parseJson(told) : told;
  const task = optionalText(deployment, 'task');
  return moved({
    eventId: `deployment ${requiredText(payload, 'deployment', 'id')}`,
    atMs: optionalTime(payload, 'deployment_status', 'created_at'),
    ...repository(payload),
    ...saidInPayload(extra),
    environment: optionalText(deployment, 'environment'),
    version: optionalText(extra, 'version') || requiredText(payload, 'deployment', 'sha'),
    change: isRollback(extra) || /rollback/i.test(task) ? 'rolled_back' : 'released',
    actor: optionalText(payload, 'deployment_status', 'creator', 'login') || optionalText(payload, 'sender', 'login'),
    comment: [optionalText(deployment, 'ref'), task === 'deploy' ? '' : task, comment(deployment, 'description')]
      .filter((part) => part !== '')
      .join('; '),
  });
}

function repositoryDispatch(payload: unknown, request: WebhookRequest): Reading {
  const type = requiredText(payload, 'action');
  const said = at(payload, 'client_payload');
  const version = optionalText(said, 'version');
  if (!isObject(said) || version === '') return ignored(`client_payload of ${type} names no version`);
  return moved({
    eventId: `dispatch ${optionalText(said, 'id') || createHash('sha256').update(request.body).digest('hex')}`,
    atMs: optionalTime(said, 'time'),
    ...repository(payload),
    ...saidInPayload(said),
    environment: optionalText(said, 'environment'),
    version,
    change: isRollback(said) || /rollback/i.test(type) ? 'rolled_back' : 'released',
    actor: optionalText(payload, 'sender', 'login'),
    comment: [type, comment(said, 'comment')].filter((part) => part !== '').join('; '),
  });
}

function repository(payload: unknown) {
  return {
    subject: requiredText(payload, 'repository', 'full_name'),
    service: optionalText(payload, 'repository', 'name'),
  };
}

/** What people add to a deployment's payload in Leeway's words. */
function saidInPayload(extra: unknown) {
  const service = optionalText(extra, 'service');
  return {
    ...(service !== '' && { service }),
    operation: optionalText(extra, 'operation'),
    surface: optionalSurface(extra, 'surface'),
    previousVersion: optionalText(extra, 'previousVersion'),
  };
}

function isRollback(extra: unknown): boolean {
  return at(extra, 'rollback') === true;
}
