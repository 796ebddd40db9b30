import { Webhook } from 'standardwebhooks';
import { isoTime, LeewayError, type Surface } from '../../model/index.js';
import { type Delivery, deliveryOf, rejectedUnsent } from '../delivery.js';
import { cut } from '../one-line.js';
import type { MoveRequest, Registry, RegistryParts } from './registry.js';

const ROLLBACK_REQUESTED = 'leeway.rollback.requested';

/** Standard Webhooks 1.0 asks for payloads below 20 kB. */
export const MAX_WEBHOOK_BYTES = 20_000;

const MAX_REASON_LENGTH = 2000;
const MAX_FAILURE_LENGTH = 300;
const MAX_EVIDENCE = 10;

/** Standard Webhooks 1.0, "Signature scheme": symmetric secrets are 24 to 64 random bytes. */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

export interface WebhookSettings {
  readonly name: string;
  readonly url: string;
  readonly surfaces: readonly Surface[];
  /** Gives the signing secret (`whsec_…`) when it is used. */
  readonly secret: () => string;
}

/**
 * Any registry that takes a signed POST (Standard Webhooks 1.0): `webhook-id` is the action's id over all attempts,
 * `webhook-timestamp` the time of the attempt. A 2xx answer means that the move was accepted.
 */
export function createWebhookRegistry(settings: WebhookSettings, { outbound, clock }: RegistryParts): Registry {
  outbound.check(settings.url);
  signer(settings);
  return {
    name: settings.name,
    surfaces: settings.surfaces,
    async move(request): Promise<Delivery> {
      const body = JSON.stringify(rollbackRequested(request));
      if (Buffer.byteLength(body) >= MAX_WEBHOOK_BYTES)
        return rejectedUnsent(`the request for ${settings.name} exceeds ${MAX_WEBHOOK_BYTES} bytes`);
      const attemptedAt = new Date(clock.now());
      const headers = {
        'content-type': 'application/json',
        'webhook-id': request.actionId,
        'webhook-timestamp': String(Math.floor(attemptedAt.getTime() / 1000)),
        'webhook-signature': signer(settings).sign(request.actionId, attemptedAt, body),
      };
      return deliveryOf(await outbound.post({ url: settings.url, headers, body }));
    },
  };
}

/** The body: the same bytes over all attempts. Versions are never cut: a registry would move to a wrong one. */
function rollbackRequested(request: MoveRequest) {
  const { actionId, incidentId, rolloutId, target, surfaces, from, to, link } = request;
  return {
    type: ROLLBACK_REQUESTED,
    timestamp: isoTime(request.decidedAt),
    data: {
      actionId,
      idempotencyKey: actionId,
      incidentId,
      rolloutId,
      target,
      surfaces,
      from,
      to,
      reason: cut(request.reason, MAX_REASON_LENGTH),
      evidence: request.evidence
        .slice(0, MAX_EVIDENCE)
        .map((evidence) => ({ ...evidence, failure: cut(evidence.failure, MAX_FAILURE_LENGTH) })),
      link,
    },
  };
}

function signer({ name, secret }: WebhookSettings): Webhook {
  const value = secret();
  const bytes = Buffer.byteLength(SECRET.exec(value)?.[1] ?? '', 'base64');
  if (bytes >= MIN_SECRET_BYTES && bytes <= MAX_SECRET_BYTES) return new Webhook(value);
  throw new LeewayError(
    'LEEWAY_CONFIG_INVALID',
    `the secret of registry ${name} is not a Standard Webhooks secret: whsec_ and the base64 of ${MIN_SECRET_BYTES} to ` +
      `${MAX_SECRET_BYTES} random bytes`,
  );
}
