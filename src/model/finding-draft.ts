import type { Severity } from './incident.js';
import type { Surface, VersionValues } from './surface.js';
import type { TargetKey } from './target.js';

/** A size with its anytime-valid interval, in a unit that people read. */
export interface Effect {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** Probability that the interval holds the truth at all times at once. */
  readonly level: number;
  /** `percentage points`, `ratio`, `s`, … */
  readonly unit: string;
}

/** Evidence against "nothing has changed", as natural logarithms of e-values. */
export interface Evidence {
  readonly logE: number;
  readonly logThreshold: number;
}

/** Generations behind a finding, as a filter of `GET /api/v1/generations`. Unix seconds. */
export interface GenerationsBehind {
  readonly targetId: string;
  readonly vectorId?: string;
  /** Only those that this metric counts as failed. */
  readonly metric?: string;
  readonly since: number;
  readonly until: number;
}

/**
 * What a detector has to say, with everything a person needs to believe it. The host gives it its id and time, records
 * it, and opens or feeds the incident of its cause.
 */
export interface FindingDraft {
  readonly detector: string;
  readonly metric: string;
  readonly target: TargetKey;
  /** Empty when it is about no rollout. */
  readonly rolloutId: string;
  /** What it is about: a vector, version, pod, …. With target and detector it is the identity of the cause. */
  readonly subject: string;
  readonly severity: Severity;
  /** A few words for lists and messages; left out, the sentence is cut. */
  readonly title?: string;
  /** One sentence a tired person understands, with its numbers. */
  readonly sentence: string;
  /** The question it answers, as a person would ask it, and how it was answered. */
  readonly question: string;
  readonly method: string;
  /** Units looked at, by what they are: `{ baseline: 1200, candidate: 130 }`. */
  readonly n: Readonly<Record<string, number>>;
  /** `null` where there is none: a rule, not a comparison. */
  readonly effect: Effect | null;
  readonly evidence: Evidence | null;
  /** The surface that did it, where that is known. */
  readonly surface: Surface | null;
  /** The version of that surface which is new or in question; findings that name the same are about one change. */
  readonly version?: string;
  /** What the calls ran with that it is about, where they all ran with the same. */
  readonly versions?: VersionValues;
  readonly behind: GenerationsBehind | null;
  /**
   * `rollback`: the rollout named above may be taken back because of this, as the mode of its policy allows. Only where its
   * baseline has served and is not known to be bad.
   */
  readonly remedy?: 'rollback';
  /** What else helps, for people and machines: examples, lists, advice. */
  readonly details: Readonly<Record<string, unknown>>;
}
