import type { FastifyPluginAsync } from 'fastify';
import type {
  BehaviourStanding,
  Clock,
  Deployment,
  Metric,
  MetricAttribution,
  RolloutPolicy,
  TargetKey,
  WebhookType,
} from '../model/index.js';
import type { Judgement } from '../rollouts/index.js';
import type { Database } from '../store/index.js';
import type { RolloutRecord } from '../store/queries/rollouts.js';
import type { Telemetry } from '../telemetry/metrics.js';
import type { ChangeFeed } from './changes.js';
import type { SchemaRegistry } from './schema-registry.js';
import type { DeploymentInput, OutcomeInput, ServiceStatus } from './schemas.js';

/** Everything the server is built from. `src/main.ts` fills it; tests bring their own. */
export interface ServerParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly changes: ChangeFeed;
  readonly health: HealthSource;
  /** The rollout as the newest closed cells have it. */
  readonly judge: (record: RolloutRecord) => Promise<Judgement>;
  /** How a running rollout's behaviour test stands; `null` before its first look. */
  readonly behaviour: (rolloutId: string) => BehaviourStanding | null;
  /** Why the arms of a rollout differ: which surface, mix or behaviour, where. */
  readonly attribute: (record: RolloutRecord) => Promise<readonly MetricAttribution[]>;
  /** The policy of a target before a declaration overrides parts of it. */
  readonly basePolicy: (target: TargetKey) => RolloutPolicy;
  readonly desk: OperatorDesk;
  readonly intake: Intake;
  /** Versions of tools and schemas. */
  readonly registry: SchemaRegistry;
  /** Every metric of every detector, for `failing=`. */
  readonly metrics: readonly Metric[];
  /** The plugin for POST /v1/traces, /v1/logs and /v1/metrics. */
  readonly otlp: FastifyPluginAsync;
  /** The built web page; it need not exist. */
  readonly pageDirectory: string;
  /** Where people reach the page, when that is not this machine's own address. */
  readonly publicUrl?: string;
  /** One line for the service's log: what went wrong inside, which answers do not tell. */
  readonly log: (message: string) => void;
}

export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reasons: readonly string[] };

export interface HealthSource {
  /** Ready when migrations ran, the spool drains and the evaluation runs; else why not. */
  readiness(): Promise<Readiness>;
  status(): Promise<ServiceStatus>;
}

/** What a person said, and who; empty strings when they did not say. */
interface PersonalNote {
  readonly actor: string;
  readonly comment: string;
}

/** What people decide. Every call @throws LeewayError LEEWAY_CONFLICT when the present state does not allow it. */
interface OperatorDesk {
  acknowledge(incidentId: string, note: PersonalNote): Promise<void>;
  resolve(incidentId: string, note: PersonalNote): Promise<void>;
  approve(actionId: string, note: PersonalNote): Promise<void>;
  reject(actionId: string, note: PersonalNote): Promise<void>;
}

/** What became of one posted outcome: its id, or which field it was refused for and why. */
type OutcomeResult =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly field: string; readonly problem: string };

/** What Langfuse answers to a batch of events: which were taken, and which were not and why. */
interface LangfuseAnswer {
  readonly successes: readonly LangfuseEventSuccess[];
  readonly errors: readonly LangfuseEventError[];
}

interface LangfuseEventSuccess {
  /** The event's. */
  readonly id: string;
  readonly status: number;
  /** The outcome's: the score's own id, if it has one. */
  readonly scoreId: string;
}

interface LangfuseEventError {
  readonly id: string;
  readonly status: number;
  readonly message: string;
  readonly error: string;
}

/** One POST to a webhook, as it came. */
interface WebhookDelivery {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** `?token=` of the address; empty without. */
  readonly token: string;
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

/** Facts that are posted to the API instead of arriving as telemetry. */
export interface Intake {
  /**
   * Resolves once the good ones among the outcomes are durable.
   * @returns what became of each, in order
   * @throws LeewayError LEEWAY_SPOOL_FULL; then none was taken
   */
  outcomes(posted: readonly OutcomeInput[], nowMs: number): Promise<readonly OutcomeResult[]>;
  /**
   * Takes Langfuse's ingestion events; scores become outcomes, other events are refused one by one.
   * @throws LeewayError LEEWAY_SPOOL_FULL; then none was taken
   */
  langfuse(events: readonly unknown[], nowMs: number): Promise<LangfuseAnswer>;
  /**
   * Takes a delivery to a configured webhook.
   * @throws LeewayError LEEWAY_MALFORMED or LEEWAY_INVALID, naming the field, when a proven sender sent something unreadable
   */
  webhook(name: string, delivery: WebhookDelivery, nowMs: number): Promise<WebhookAnswer>;
  /**
   * @returns the deployment as it is stored; a known id changes nothing
   * @throws LeewayError LEEWAY_INVALID when its time is none that a deployment can have
   */
  deployment(posted: DeploymentInput, nowMs: number): Promise<Deployment>;
}
