import { type Deployment, LeewayError, type WebhookType } from '../../src/model/index.js';
import type { Database } from '../../src/store/index.js';
import { parseJson } from '../json-content.js';
import { NO_PROTECTION, type Protection } from '../privacy/index.js';
import { argo } from './argo.js';
import { cdevents } from './cdevents.js';
import { flagger } from './flagger.js';
import { github } from './github.js';
import { langfuse } from './langfuse.js';
import { launchdarkly } from './launchdarkly.js';
import { recordEvent, type WebhookTarget } from './record.js';
import type { WebhookRequest, WebhookSource } from './source.js';
import { standard } from './standard.js';

/** Every system whose webhooks are taken. To add one, add its file, its name to WEBHOOK_TYPES and a line here. */
const SOURCES: Readonly<Record<WebhookType, WebhookSource>> = {
  langfuse,
  launchdarkly,
  github,
  argo,
  flagger,
  cdevents,
  standard,
};

/** A webhook as it is configured. */
export interface WebhookSettings extends WebhookTarget {
  readonly type: WebhookType;
  /** Gives the secret when it is used. */
  readonly secret: () => string;
  /** The label or alias that stands for "live", where the system has labels. */
  readonly label: string;
}

/** What became of a delivery. A refusal's reason may be told to whoever sent it. */
export type WebhookAnswer =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly type: WebhookType; readonly reason: string }
  | {
      readonly kind: 'taken';
      readonly type: WebhookType;
      readonly deployments: readonly Deployment[];
      /** Why parts of it, or all of it, became no deployment. */
      readonly ignored: readonly string[];
    };

/** Takes deliveries to the configured webhooks. */
export interface Webhooks {
  /**
   * @throws LeewayError LEEWAY_MALFORMED or LEEWAY_INVALID, naming the field, when a proven sender sent something that
   *   cannot be read; LEEWAY_STORE_UNAVAILABLE
   */
  receive(name: string, request: WebhookRequest, nowMs: number): Promise<WebhookAnswer>;
}

/** @throws LeewayError LEEWAY_CONFIG_INVALID when one of the webhooks could never take anything */
export function checkWebhooks(configured: readonly WebhookSettings[]): void {
  for (const webhook of configured) requireUsable(webhook);
}

/**
 * The configured webhooks.
 * @throws LeewayError LEEWAY_CONFIG_INVALID when one of them could never take anything
 */
export function createWebhooks(
  database: Database,
  configured: readonly WebhookSettings[],
  protection: Protection = NO_PROTECTION,
): Webhooks {
  checkWebhooks(configured);
  const byName = new Map(configured.map((webhook) => [webhook.name, webhook]));
  return {
    async receive(name, request, nowMs) {
      const webhook = byName.get(name);
      if (webhook === undefined) return { kind: 'unknown' };
      const source = SOURCES[webhook.type];
      const verified = source.verify(request, webhook.secret(), nowMs);
      if (!verified.ok) return { kind: 'refused', type: source.type, reason: verified.reason };
      return take(database, { source, webhook, request, nowMs, protection });
    },
  };
}

async function take(
  database: Database,
  given: {
    readonly source: WebhookSource;
    readonly webhook: WebhookSettings;
    readonly request: WebhookRequest;
    readonly nowMs: number;
    readonly protection: Protection;
  },
): Promise<WebhookAnswer> {
  const { source, webhook, request, nowMs, protection } = given;
  const payload = parseJson(request.body.toString('utf8'));
  if (payload === undefined) throw new LeewayError('LEEWAY_MALFORMED', 'the body is not JSON, or is nested too deep');
  const reading = source.read(payload, request, webhook.label);
  const deployments: Deployment[] = [];
  const ignored = reading.kind === 'ignored' ? [reading.reason] : [];
  for (const event of reading.kind === 'events' ? reading.events : []) {
    const recorded = await recordEvent(database, { source, webhook, event, protection }, nowMs);
    if (recorded.kind === 'recorded') deployments.push(recorded.deployment);
    else ignored.push(recorded.reason);
  }
  return { kind: 'taken', type: source.type, deployments, ignored };
}

function requireUsable(webhook: WebhookSettings): void {
  const source = SOURCES[webhook.type];
  const problem = source.secretProblem(webhook.secret());
  if (problem !== null) throw unusable(webhook, `its secret ${problem}`);
  if (!source.namesService && webhook.target.service === undefined)
    throw unusable(webhook, `events of ${source.type} name no service: set target.service`);
  if (!source.namesSurface && source.surface === null && webhook.surface === undefined)
    throw unusable(webhook, `events of ${source.type} name no surface: set surface`);
}

function unusable({ name }: WebhookSettings, why: string): LeewayError {
  return new LeewayError('LEEWAY_CONFIG_INVALID', `webhook ${name}: ${why}`);
}
