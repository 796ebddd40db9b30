import type { Surface, WebhookType } from '../../src/model/index.js';

/** One POST to a webhook. */
export interface WebhookRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes as they came: signatures are over these. */
  readonly body: Buffer;
  /** `?token=` of the address, for senders that neither sign nor set headers; empty without. */
  readonly token: string;
}

/** Does the request prove who sent it? `reason` may be told to anyone. */
export type Verification = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** A pointer that moved, in the sender's words. What the sender does not say is the empty string. */
export interface DeploymentEvent {
  /** The same whenever the event is delivered again. */
  readonly eventId: string;
  /** Milliseconds since the Unix epoch; `null`: now. */
  readonly atMs: number | null;
  /** What the sender calls the thing whose pointer moved: a prompt, a flag, a repository, `namespace/name`. */
  readonly subject: string;
  readonly service: string;
  readonly environment: string;
  readonly operation: string;
  readonly surface: Surface | null;
  /** `rolled_back` when the sender says so. */
  readonly change: 'released' | 'rolled_back';
  /** What is live now. Empty with `rolled_back`: what was live before `previousVersion`. */
  readonly version: string;
  readonly previousVersion: string;
  readonly actor: string;
  readonly comment: string;
}

/** What a delivery tells: pointers that moved, or why it tells of none. */
export type Reading =
  | { readonly kind: 'events'; readonly events: readonly DeploymentEvent[] }
  | { readonly kind: 'ignored'; readonly reason: string };

/** One system that sends webhooks. */
export interface WebhookSource {
  readonly type: WebhookType;
  /** Do its events name a service? If not, the webhook's configuration must. */
  readonly namesService: boolean;
  /** May its events name a surface? If not, and the next line is `null`, the configuration must. */
  readonly namesSurface: boolean;
  /** The surface whose pointers it holds, when that is clear. */
  readonly surface: Surface | null;
  /** What is wrong with a secret of this kind; `null` when nothing is. */
  secretProblem(secret: string): string | null;
  verify(request: WebhookRequest, secret: string, nowMs: number): Verification;
  /**
   * @param payload the body, out of JSON.parse: anything
   * @param label the label or alias that stands for "live", where the system has labels
   * @throws LeewayError LEEWAY_INVALID naming the field that is missing or malformed
   */
  read(payload: unknown, request: WebhookRequest, label: string): Reading;
}

export function ignored(reason: string): Reading {
  return { kind: 'ignored', reason };
}

/** One event; what is left out, the sender does not say. */
export function moved(
  event: Pick<DeploymentEvent, 'eventId' | 'atMs' | 'subject' | 'version'> & Partial<DeploymentEvent>,
): Reading {
  return { kind: 'events', events: [deploymentEvent(event)] };
}

export function deploymentEvent(
  event: Pick<DeploymentEvent, 'eventId' | 'atMs' | 'subject' | 'version'> & Partial<DeploymentEvent>,
): DeploymentEvent {
  return { ...NOTHING_SAID, ...event };
}

const NOTHING_SAID = {
  service: '',
  environment: '',
  operation: '',
  surface: null,
  change: 'released',
  previousVersion: '',
  actor: '',
  comment: '',
} as const;
