import vm from 'node:vm';

/** What the script calls; set for the length of one call only, which is synchronous and cannot be re-entered. */
const box: { run: () => void } = { run: () => {} };
const context = vm.createContext(box);
const script = new vm.Script('run()');

/** The work did not end within its time. */
export class DeadlineExceeded extends Error {}

/**
 * Runs synchronous work and stops it at its deadline, whatever it is doing. About 0.1 ms on top of the work: for code
 * that input can make slow, such as recursive schemas, and not for every call.
 *
 * @throws {DeadlineExceeded} and whatever the work throws
 */
export function withDeadline<T>(milliseconds: number, work: () => T): T {
  const outcome: { done?: { readonly result: T } | { readonly error: unknown } } = {};
  box.run = () => {
    try {
      outcome.done = { result: work() };
    } catch (error) {
      outcome.done = { error };
    }
  };
  try {
    script.runInContext(context, { timeout: milliseconds });
  } catch (error) {
    // The work's own errors are caught above: only the end of the time arrives here.
    throw new DeadlineExceeded(`not finished after ${milliseconds} ms`, { cause: error });
  } finally {
    box.run = () => {};
  }
  const done = outcome.done;
  if (done === undefined) throw new DeadlineExceeded('the work did not run');
  if ('error' in done) throw done.error;
  return done.result;
}
