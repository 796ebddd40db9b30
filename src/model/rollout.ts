import type { MetricEvaluation, MetricPolicy } from './detector.js';
import type { Surface, VersionValues } from './surface.js';
import type { TargetKey } from './target.js';

/** Traffic stages in per cent; `shadow` (0) serves nobody. */
export const DEFAULT_STAGES: readonly number[] = [0, 1, 5, 10, 25, 50, 100];

/** What Leeway may do by itself when a rollout turns out worse. */
export const MODES = ['observe', 'approve', 'auto'] as const;
export type Mode = (typeof MODES)[number];

export const VERDICTS = ['promote', 'hold', 'rollback', 'insufficient_data'] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * What is assigned to an arm and therefore counts as one: a session, until its first failure, or each generation by itself.
 * Sessions are right under any assignment; generations need less traffic, where each is assigned apart from its session.
 */
export const UNITS = ['session', 'generation'] as const;
export type Unit = (typeof UNITS)[number];

/** Limits and thresholds of a rollout, frozen when it starts. */
export interface RolloutPolicy {
  readonly mode: Mode;
  readonly stages: readonly number[];
  readonly unit: Unit;
  /** A stage must have lasted this long before it is promoted. */
  readonly soakSeconds: number;
  /** α_R and α_P, see DecisionBudget. */
  readonly alphaRollback: number;
  readonly alphaPromote: number;
  /** Candidate units a stratum with at least 2 % of traffic needs before a promotion. */
  readonly minimumStratumUnits: number;
  /** How long traffic may take to leave the candidate after a rollback was accepted. */
  readonly propagationSeconds: number;
  /**
   * What follows when a change gets all traffic without the stages before: it is reported (the default), or taken back as
   * `mode` allows.
   */
  readonly onSkippedStage?: 'report' | 'rollback';
  /** Overrides of the detectors' defaults, by metric. */
  readonly metrics: Readonly<Record<string, MetricPolicy>>;
}

/** Versions of the surfaces that a rollout changes; the other surfaces may be anything, and are compared like with like. */
export type VersionSelector = Partial<VersionValues>;

/** A change of a target from a baseline to a candidate. */
export interface Rollout {
  readonly id: string;
  readonly targetId: string;
  readonly target: TargetKey;
  readonly baseline: VersionSelector;
  readonly candidate: VersionSelector;
  readonly changed: readonly Surface[];
  /** `declared` by API or registry, or `observed` from traffic. */
  readonly origin: 'declared' | 'observed';
  readonly policy: RolloutPolicy;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/**
 * `running` → `promoted` (candidate serves all) | `rolled_back` (traffic has shown it) | `superseded` (a later rollout took its place)
 * | `abandoned` (candidate left the traffic without a verdict).
 */
export const ROLLOUT_STATUSES = ['running', 'promoted', 'rolled_back', 'superseded', 'abandoned'] as const;
export type RolloutStatus = (typeof ROLLOUT_STATUSES)[number];

/** What changes about a rollout while it runs; one row a change, the newest revision is the state. */
export interface RolloutState {
  readonly rolloutId: string;
  readonly revision: number;
  readonly at: number;
  readonly status: RolloutStatus;
  /** Current stage in per cent and since when (ms). */
  readonly stage: number;
  readonly stageSince: number;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  /** Set once, never cleared: the gate as it stood when the rollback was decided. */
  readonly latched: Gate | null;
}

/** The verdict on a rollout's stage, with its reasons in words and numbers. */
export interface Gate {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  /** Metrics whose evidence made it a rollback. */
  readonly blame: readonly string[];
  readonly at: number;
  readonly stage: number;
  /** Observed share of the candidate in the newest closed minute, 0 to 1. */
  readonly candidateShare: number;
  readonly evaluations: readonly MetricEvaluation[];
}
