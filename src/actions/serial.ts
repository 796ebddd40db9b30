/** Runs tasks one after the other, in the order in which they were handed in; a failed task does not stop the next. */
export function createSerial(): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let tail: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = tail.then(task);
    tail = result.catch(() => undefined);
    return result;
  };
}
