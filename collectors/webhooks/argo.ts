import { createHash } from 'node:crypto';
import { comment, optionalSurface, optionalText, optionalTime, requiredText } from './fields.js';
import { ignored, moved, type WebhookSource } from './source.js';
import { textSecretProblem, verifyToken } from './verification.js';

/**
 * Argo Rollouts' notifications. Their body is the user's own template: docs/integrations.md has the one that is read
 * here. They are not signed, so a shared token is asked for. Controllers send a notification more than once; the
 * rollout's revision makes it the same event.
 * @see https://argo-rollouts.readthedocs.io/en/stable/features/notifications/
 */
export const argo: WebhookSource = {
  type: 'argo',
  namesService: true,
  namesSurface: true,
  surface: null,
  secretProblem: textSecretProblem,
  verify: verifyToken,
  read(payload, { body }) {
    const event = requiredText(payload, 'event').replace(/^on-rollout-/, '');
    if (!['updated', 'completed', 'aborted'].includes(event)) return ignored(`${event} moves no version`);
    const name = requiredText(payload, 'rollout');
    const namespace = optionalText(payload, 'namespace');
    const version = requiredText(payload, 'version');
    const revision = optionalText(payload, 'revision') || createHash('sha256').update(body).digest('hex');
    const isAbort = event === 'aborted';
    const stable = optionalText(payload, 'previousVersion');
    const subject = namespace === '' ? name : `${namespace}/${name}`;
    return moved({
      eventId: `${subject} ${event} ${revision}`,
      atMs: optionalTime(payload, 'time'),
      subject,
      service: name,
      environment: optionalText(payload, 'environment'),
      operation: optionalText(payload, 'operation'),
      surface: optionalSurface(payload, 'surface'),
      change: isAbort ? 'rolled_back' : 'released',
      version: isAbort ? stable : version,
      previousVersion: isAbort ? version : stable,
      actor: 'Argo Rollouts',
      comment: [`rollout ${event}`, comment(payload, 'message')].filter((part) => part !== '').join('; '),
    });
  },
};
