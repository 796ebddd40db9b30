import type { Severity } from './incident.js';

/** Something a detector found. Feeds an incident; kept whether or not anyone acted on it. */
export interface Finding {
  readonly id: string;
  readonly targetId: string;
  readonly rolloutId: string;
  readonly incidentId: string;
  readonly detector: string;
  readonly metric: string;
  /** What it is about; with target, detector and metric the identity of its cause. */
  readonly subject: string;
  /** How often the same cause had come and gone before. */
  readonly episode: number;
  readonly severity: Severity;
  /** One sentence a tired person understands, with its numbers. */
  readonly sentence: string;
  /** The MetricEvaluation or the FindingDraft behind it, as JSON. */
  readonly evidence: string;
  /** When it was found first and last, in milliseconds. */
  readonly at: number;
  readonly lastSeenAt: number;
  /** Since when its watch has not found it any more; `null` while it goes on. */
  readonly endedAt: number | null;
}
