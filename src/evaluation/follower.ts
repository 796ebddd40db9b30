import type { ClosePass } from './closer.js';

/** Something else that looks at what was closed, after the rollouts of the targets were judged. */
export interface Follower {
  /** As in problems and logs. */
  readonly name: string;
  /**
   * Looks as far as buckets are closed. May be repeated.
   * @returns is there more to do already?
   */
  follow(pass: ClosePass): Promise<boolean>;
}
