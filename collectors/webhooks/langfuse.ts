import { at, elements } from '../json-content.js';
import { comment, optionalText, optionalTime, requiredText } from './fields.js';
import { ignored, moved, type WebhookSource } from './source.js';
import { textSecretProblem, verifyTimestampedSignature } from './verification.js';

/**
 * Langfuse's prompt webhooks. Moving a label gives two `updated` events, of the version that has it now and of the one
 * that lost it: the first is the move. That a version with the label was changed in some other way is no move; the
 * caller sees that from the pointer it knows.
 * @see https://langfuse.com/docs/prompt-management/features/webhooks-slack-integrations
 */
export const langfuse: WebhookSource = {
  type: 'langfuse',
  namesService: false,
  namesSurface: false,
  surface: 'prompt',
  secretProblem: textSecretProblem,
  verify: (request, secret, nowMs) =>
    verifyTimestampedSignature(request, { name: 'x-langfuse-signature', secret, nowMs }),
  read(payload, _request, label) {
    const type = requiredText(payload, 'type');
    if (type !== 'prompt-version') return ignored(`events of type ${type} tell of no deployment`);
    const action = requiredText(payload, 'action');
    const name = requiredText(payload, 'prompt', 'name');
    const version = requiredText(payload, 'prompt', 'version');
    if (action !== 'created' && action !== 'updated') return ignored(`version ${version} of ${name} was ${action}`);
    if (!elements(at(payload, 'prompt', 'labels')).includes(label))
      return ignored(`version ${version} of ${name} does not have the label ${label}`);
    return moved({
      eventId: requiredText(payload, 'id'),
      atMs: optionalTime(payload, 'timestamp'),
      subject: name,
      operation: name,
      version,
      actor: optionalText(payload, 'user', 'name') || optionalText(payload, 'prompt', 'createdBy'),
      comment: comment(payload, 'prompt', 'commitMessage'),
    });
  },
};
