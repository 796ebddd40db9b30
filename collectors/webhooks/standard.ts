import { at } from '../json-content.js';
import { comment, optionalSurface, optionalText, optionalTime, requiredObject, requiredText } from './fields.js';
import { ignored, moved, type WebhookSource } from './source.js';
import { header, standardSecretProblem, verifyStandardSignature } from './verification.js';

/**
 * Anything that sends Standard Webhooks: `data` has the fields of `POST /api/v1/deployments`. `webhook-id` stays the same
 * over all attempts and is signed, so that an event is taken once.
 * @see https://www.standardwebhooks.com
 */
export const standard: WebhookSource = {
  type: 'standard',
  namesService: true,
  namesSurface: true,
  surface: null,
  secretProblem: standardSecretProblem,
  verify: verifyStandardSignature,
  read(payload, request) {
    const type = requiredText(payload, 'type');
    const data = requiredObject(payload, 'data');
    const version = optionalText(data, 'version');
    if (version === '') return ignored(`data of ${type} names no version`);
    const service = optionalText(data, 'service');
    return moved({
      eventId: header(request, 'webhook-id') ?? '',
      atMs: optionalTime(payload, 'timestamp'),
      subject: service,
      service,
      environment: optionalText(data, 'environment'),
      operation: optionalText(data, 'operation'),
      surface: optionalSurface(data, 'surface'),
      change: at(data, 'rollback') === true || /roll(?:ed)?[._-]?back/i.test(type) ? 'rolled_back' : 'released',
      version,
      previousVersion: optionalText(data, 'previousVersion'),
      actor: optionalText(data, 'actor'),
      comment: comment(data, 'comment'),
    });
  },
};
