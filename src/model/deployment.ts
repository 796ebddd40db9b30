import type { Surface } from './surface.js';

/** Somebody moved a pointer or shipped a version: a fact of the outside world, shown beside what traffic did. */
export interface Deployment {
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly operation: string;
  readonly surface: Surface;
  readonly version: string;
  readonly previousVersion: string;
  readonly actor: string;
  /** Which system said so: `api`, `langfuse`, … */
  readonly source: string;
  readonly comment: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Systems whose webhooks Leeway takes as deployments; each is a file in collectors/webhooks/. */
export const WEBHOOK_TYPES = ['langfuse', 'launchdarkly', 'github', 'argo', 'flagger', 'cdevents', 'standard'] as const;
export type WebhookType = (typeof WEBHOOK_TYPES)[number];
