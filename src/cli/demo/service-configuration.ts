import { stringify } from 'yaml';
import type { FileConfig } from '../../config/index.js';

/** Names of the variables that hold the demo's secrets, as the configuration refers to them. */
export const SECRET_VARIABLES = {
  webhook: 'DEMO_REGISTRY_SECRET',
  slack: 'DEMO_SLACK_URL',
  pagerDuty: 'DEMO_PAGERDUTY_ROUTING_KEY',
} as const;

export interface DemoAddresses {
  readonly leewayUrl: string;
  readonly registryUrl: string;
  /** The demo's own stand-in for Slack and PagerDuty. */
  readonly receiverUrl: string;
}

/**
 * `leeway.yaml` of the demo: what a team would write, with waiting times that fit into two minutes. The thresholds of
 * the verdict are the defaults.
 */
export function serviceConfiguration({ leewayUrl, registryUrl, receiverUrl }: DemoAddresses): string {
  const configuration: Partial<FileConfig> = {
    publicUrl: leewayUrl,
    targets: [
      {
        match: { service: 'support-bot', environment: '*', operation: '*' },
        policy: { mode: 'auto', soakSeconds: 20, propagationSeconds: 60 },
      },
    ],
    registries: [
      {
        name: 'prompt-registry',
        type: 'webhook',
        url: `${registryUrl}/hooks/leeway`,
        secret: { env: SECRET_VARIABLES.webhook },
        surfaces: ['prompt'],
      },
    ],
    notifiers: [
      { name: 'slack', type: 'slack', url: { env: SECRET_VARIABLES.slack } },
      {
        name: 'pager',
        type: 'pagerduty',
        routingKey: { env: SECRET_VARIABLES.pagerDuty },
        url: `${receiverUrl}/v2/enqueue`,
      },
    ],
    outbound: { allowHosts: [new URL(registryUrl).host, new URL(receiverUrl).host] },
    evaluation: { intervalSeconds: 2, watermarkSeconds: 2 },
  };
  return stringify(configuration);
}
