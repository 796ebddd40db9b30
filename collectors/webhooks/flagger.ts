import { at } from '../json-content.js';
import { comment, optionalSurface, optionalText, optionalTime, requiredText } from './fields.js';
import { ignored, moved, type WebhookSource } from './source.js';
import { textSecretProblem, verifyToken } from './verification.js';

/** Phases of a canary in which another version gets traffic, and in which it loses it again. */
const RELEASED = ['Progressing', 'Succeeded'];
const FAILED = 'Failed';

/**
 * Flagger's event webhook. It says every step in a message of its own, so that a canary is told of many times: only what
 * moves the pointer becomes a deployment. It neither signs nor sets headers: the token is in the address.
 * @see https://docs.flagger.app/usage/monitoring#event-webhook
 */
export const flagger: WebhookSource = {
  type: 'flagger',
  namesService: true,
  namesSurface: true,
  surface: null,
  secretProblem: textSecretProblem,
  verify: verifyToken,
  read(payload) {
    const phase = requiredText(payload, 'phase');
    const name = requiredText(payload, 'name');
    if (!RELEASED.includes(phase) && phase !== FAILED) return ignored(`in phase ${phase} no version moves`);
    const metadata = at(payload, 'metadata');
    const version = optionalText(metadata, 'version') || optionalText(payload, 'checksum');
    if (version === '') return ignored('the event names no version: neither metadata.version nor checksum');
    const namespace = optionalText(payload, 'namespace');
    const subject = namespace === '' ? name : `${namespace}/${name}`;
    const stable = optionalText(metadata, 'previousVersion');
    const isFailure = phase === FAILED;
    return moved({
      eventId: `${subject} ${phase} ${version} ${optionalText(metadata, 'timestamp')}`,
      atMs: optionalTime(payload, 'metadata', 'timestamp'),
      subject,
      service: name,
      environment: optionalText(metadata, 'environment'),
      operation: optionalText(metadata, 'operation'),
      surface: optionalSurface(metadata, 'surface'),
      change: isFailure ? 'rolled_back' : 'released',
      version: isFailure ? stable : version,
      previousVersion: isFailure ? version : stable,
      actor: 'Flagger',
      comment: comment(metadata, 'eventMessage'),
    });
  },
};
