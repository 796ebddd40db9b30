import type { ContentMode, TargetKey } from '../../src/model/index.js';

/** What is configured about content. */
export interface ContentPolicy {
  modeOf(target: TargetKey): ContentMode;
  /** The strictest mode of all targets that a service may have: for what cannot be laid to one of them. */
  strictestOf(service: string, environment: string): ContentMode;
  /** The strictest mode of all. */
  readonly strictest: ContentMode;
  /** Is it the same for all? */
  readonly isUniform: boolean;
}
