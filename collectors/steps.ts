/** Work that may be interrupted wherever it yields: whoever does it decides how long at a stretch. */
export type Steps<Result> = Generator<void, Result, void>;

/** Does all of it at once. */
export function wholly<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
