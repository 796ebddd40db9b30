import { at } from '../json-content.js';
import { optionalSurface, optionalText, optionalTime, requiredObject, requiredText } from './fields.js';
import { ignored, moved, type WebhookRequest, type WebhookSource } from './source.js';
import {
  header,
  isStandardSecret,
  standardSecretProblem,
  textSecretProblem,
  verifyStandardSignature,
  verifyToken,
} from './verification.js';

/** `dev.cdevents.service.deployed.0.3.0`: subject and predicate count, of any version. */
const TYPE = /^dev\.cdevents\.(service|environment)\.([a-z]+)\./;
const PREDICATES = ['deployed', 'upgraded', 'rolledback', 'modified'];

/**
 * CDEvents over CloudEvents' HTTP binding, structured or binary. The format has no signature of its own: with a `whsec_`
 * secret Standard Webhooks' is asked for, with any other a shared token. Only the body is read, never the `ce-` headers:
 * those are not signed.
 * @see https://github.com/cdevents/spec/blob/main/continuous-deployment.md
 */
export const cdevents: WebhookSource = {
  type: 'cdevents',
  namesService: true,
  namesSurface: true,
  surface: null,
  secretProblem: (secret) => (isStandardSecret(secret) ? standardSecretProblem(secret) : textSecretProblem(secret)),
  verify: (request, secret, nowMs) =>
    isStandardSecret(secret) ? verifyStandardSignature(request, secret, nowMs) : verifyToken(request, secret),
  read(payload, request) {
    const event = isStructured(request) ? requiredObject(payload, 'data') : payload;
    const type = requiredText(event, 'context', 'type');
    const [, thing, predicate = ''] = TYPE.exec(type) ?? [];
    if (!PREDICATES.includes(predicate)) return ignored(`${type} moves no version`);
    const custom = at(event, 'customData');
    const version =
      optionalText(custom, 'version') || versionOf(optionalText(event, 'subject', 'content', 'artifactId'));
    if (version === '') return ignored(`${type} names no version: neither an artifactId nor customData.version`);
    const subject = requiredText(event, 'subject', 'id');
    const isOfService = thing === 'service';
    return moved({
      eventId: `${requiredText(event, 'context', 'source')} ${requiredText(event, 'context', 'id')}`,
      atMs: optionalTime(event, 'context', 'timestamp'),
      subject,
      service: isOfService ? subject : optionalText(custom, 'service'),
      environment: isOfService ? optionalText(event, 'subject', 'content', 'environment', 'id') : subject,
      operation: optionalText(custom, 'operation'),
      surface: optionalSurface(custom, 'surface'),
      change: predicate === 'rolledback' ? 'rolled_back' : 'released',
      version,
      previousVersion: optionalText(custom, 'previousVersion'),
      comment: type,
    });
  },
};

function isStructured(request: WebhookRequest): boolean {
  return (header(request, 'content-type') ?? '').toLowerCase().startsWith('application/cloudevents+json');
}

/**
 * The version in a package URL: its tag, which people know it by, else what stands after the `@`. What is no package URL
 * is a version as it stands.
 * @see https://github.com/package-url/purl-spec
 */
function versionOf(artifactId: string): string {
  if (!artifactId.startsWith('pkg:')) return artifactId;
  const [address = '', qualifiers = ''] = (artifactId.split('#', 1)[0] ?? '').split('?', 2);
  const tag = new URLSearchParams(qualifiers).get('tag') ?? '';
  if (tag !== '') return tag;
  const [, version = ''] = /@([^@/]+)$/.exec(address) ?? [];
  return decoded(version);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A percent sign that encodes nothing: the version is what was written.
  }
}
