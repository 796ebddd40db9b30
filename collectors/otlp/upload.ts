/** A body on its way. */
export interface Upload {
  /** Its declared length; 0 where none is declared: such a body counts as it comes. */
  readonly bytes: number;
  /** How much of that has come so far. */
  arrivedBytes(): number;
  /** Does nobody wait for the answer any more? */
  isGone(): boolean;
  /** Ends it, so that its client sends it again: there is no memory for what comes so slowly. */
  cut(): void;
}

/** An upload shows its pace after this time, milliseconds. */
export const PACE_AFTER_MS = 250;

/**
 * What an upload will have brought in `withinMs` from now at the pace it has had so far; all of it while it is new.
 * @param ageMs since it was let in
 */
export function expectedBytes(
  { bytes, arrivedBytes }: Pick<Upload, 'bytes' | 'arrivedBytes'>,
  ageMs: number,
  withinMs: number,
): number {
  return ageMs < PACE_AFTER_MS ? bytes : Math.min(bytes, Math.ceil(arrivedBytes() * (1 + withinMs / ageMs)));
}
