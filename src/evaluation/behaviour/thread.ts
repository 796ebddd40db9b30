import { parentPort } from 'node:worker_threads';
import { errorMessage } from '../../model/index.js';
import { InlineBehaviourRunner, type ThreadAnswer, type ThreadRequest } from './runner.js';

/** The thread of `ThreadBehaviourRunner`. */
const runner = new InlineBehaviourRunner();

parentPort?.on('message', async (request: ThreadRequest) => {
  if (request.kind === 'forget') return runner.forget(request.rolloutId);
  const { id, work } = request;
  const answer: ThreadAnswer = await runner.add(work).then(
    (standing) => ({ id, standing }),
    (error: unknown) => ({ id, problem: errorMessage(error) }),
  );
  parentPort?.postMessage(answer);
});
