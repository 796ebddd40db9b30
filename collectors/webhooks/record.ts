import { type Deployment, isoTime, LeewayError, rowId, type Surface } from '../../src/model/index.js';
import type { Database } from '../../src/store/index.js';
import { getDeployment, type Pointer, pointerHistory } from '../../src/store/queries/deployments.js';
import { acceptDeployment, requirePossibleTime } from '../deployments.js';
import type { Protection } from '../privacy/index.js';
import type { DeploymentEvent, WebhookSource } from './source.js';

/** How many former positions of a pointer are looked at to tell a return from something new. */
const HISTORY_LENGTH = 50;

/** One configured webhook: what its events are about. */
export interface WebhookTarget {
  readonly name: string;
  /** Parts of the target that the events do not name, or that Leeway calls otherwise. */
  readonly target: { readonly service?: string; readonly environment?: string; readonly operation?: string };
  readonly surface?: Surface;
  /** Events about anything else are ignored; in the sender's words. */
  readonly only: { readonly subject?: string; readonly environment?: string };
}

/** What became of one event. */
export type Recorded =
  | { readonly kind: 'recorded'; readonly deployment: Deployment }
  | { readonly kind: 'ignored'; readonly reason: string };

/**
 * Makes a deployment of an event. The same event again gives the same deployment; a pointer that stays where it was
 * gives none.
 * @throws LeewayError LEEWAY_INVALID when neither event nor configuration names a service or a surface
 */
export async function recordEvent(
  database: Database,
  {
    source,
    webhook,
    event,
    protection,
  }: {
    readonly source: WebhookSource;
    readonly webhook: WebhookTarget;
    readonly event: DeploymentEvent;
    readonly protection: Protection;
  },
  nowMs: number,
): Promise<Recorded> {
  const foreign = whyForeign(webhook, event);
  if (foreign !== null) return ignore(foreign);
  const id = rowId('dep', 'webhook', webhook.name, event.eventId);
  const known = await getDeployment(database, id);
  if (known) return { kind: 'recorded', deployment: known };
  const at = event.atMs ?? nowMs;
  requirePossibleTime("the event's time", at, nowMs);
  const pointer = pointerOf(source, webhook, event);
  const history = await pointerHistory(database, pointer, { until: at, limit: HISTORY_LENGTH });
  const move = resolve(event, history);
  if ('reason' in move) return ignore(move.reason);
  const deployment = await acceptDeployment(
    database,
    { ...pointer, ...move, id, actor: event.actor, time: isoTime(at), source: source.type },
    nowMs,
    protection,
  );
  return { kind: 'recorded', deployment };
}

/** Why the event is about something else; `null` when it is not. */
function whyForeign({ only, target }: WebhookTarget, event: DeploymentEvent): string | null {
  if (only.subject !== undefined && event.subject !== only.subject)
    return `it is about ${event.subject}; this webhook is for ${only.subject}`;
  // Staging must not become production because the configuration names production only.
  const environment = only.environment ?? target.environment;
  if (environment !== undefined && event.environment !== '' && event.environment !== environment)
    return `it is about environment ${event.environment}; this webhook is for ${environment}`;
  return null;
}

function pointerOf(source: WebhookSource, { name, target, surface }: WebhookTarget, event: DeploymentEvent): Pointer {
  const pointer = {
    service: target.service ?? event.service,
    environment: target.environment ?? event.environment,
    operation: target.operation ?? event.operation,
    surface: event.surface ?? surface ?? source.surface,
  };
  if (pointer.service === '') throw unnamed('service', `webhook ${name} has no target.service`);
  if (pointer.surface === null) throw unnamed('surface', `webhook ${name} has no surface`);
  return { ...pointer, surface: pointer.surface };
}

function unnamed(what: string, where: string): LeewayError {
  return new LeewayError('LEEWAY_INVALID', `the event names no ${what}, and ${where} in the configuration`);
}

type Move =
  | { readonly version: string; readonly previousVersion: string; readonly comment: string }
  | { readonly reason: string };

/** From where to where, as far as the event and what is on record say it. */
function resolve(event: DeploymentEvent, history: readonly Deployment[]): Move {
  const isRollback = event.change === 'rolled_back';
  const version = event.version || versionBefore(event.previousVersion, history);
  if (version === '')
    return { reason: `${event.previousVersion} was rolled back, but nothing on record says to which version` };
  const [newest] = history;
  if (newest?.version === version) return { reason: `${version} is live already, since ${isoTime(newest.at)}` };
  const isReturn = history.some((earlier) => earlier.version === version);
  const words = [isRollback ? 'rollback' : isReturn ? 'return to an earlier version' : '', event.comment];
  return {
    version,
    previousVersion: event.previousVersion || (newest?.version ?? ''),
    comment: words.filter((part) => part !== '').join('; '),
  };
}

/** What was live before a version was released. */
function versionBefore(version: string, history: readonly Deployment[]): string {
  const release = history.findIndex((earlier) => earlier.version === version);
  if (release === -1) return '';
  return history[release]?.previousVersion || (history[release + 1]?.version ?? '');
}

function ignore(reason: string): Recorded {
  return { kind: 'ignored', reason };
}
