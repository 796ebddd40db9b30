import type { FastifyPluginAsync } from 'fastify';
import type { Clock, Deployment, Metric, RolloutPolicy, TargetKey } from '../model/index.js';
import type { Judgement } from '../rollouts/index.js';
import type { Database } from '../store/index.js';
import type { RolloutRecord } from '../store/queries/rollouts.js';
import type { Telemetry } from '../telemetry/metrics.js';
import type { ChangeFeed } from './changes.js';
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
  /** The policy of a target before a declaration overrides parts of it. */
  readonly basePolicy: (target: TargetKey) => RolloutPolicy;
  readonly desk: OperatorDesk;
  readonly intake: Intake;
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

/** Facts that are posted to the API instead of arriving as telemetry. */
export interface Intake {
  /**
   * Resolves once the outcomes are durable.
   * @returns their ids, in order
   * @throws LeewayError LEEWAY_INVALID, or LEEWAY_SPOOL_FULL
   */
  outcomes(posted: readonly OutcomeInput[], nowMs: number): Promise<readonly string[]>;
  /** @returns the deployment as it is stored; a known id changes nothing */
  deployment(posted: DeploymentInput, nowMs: number): Promise<Deployment>;
}
