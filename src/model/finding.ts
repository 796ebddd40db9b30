import type { Severity } from './incident.js';

/** Something a detector found. Feeds an incident; kept whether or not anyone acted on it. */
export interface Finding {
  readonly id: string;
  readonly targetId: string;
  readonly rolloutId: string;
  readonly incidentId: string;
  readonly detector: string;
  readonly metric: string;
  readonly severity: Severity;
  /** One sentence a tired person understands, with its numbers. */
  readonly sentence: string;
  /** The MetricEvaluation behind it, as JSON. */
  readonly evidence: string;
  readonly at: number;
}
