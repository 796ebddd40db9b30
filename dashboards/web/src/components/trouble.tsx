import type { ServiceStatus } from '../api/index.js';
import { bytes, plural } from '../format.js';
import type { ApiError } from '../request.js';

/** What is wrong with Leeway itself, on every view; nothing when all is well. */
export function Trouble({ status, error }: { status: ServiceStatus | null; error: ApiError | null }) {
  if (error !== null)
    return (
      <div class="banner tone-bad" role="alert">
        <strong>Leeway itself cannot be reached.</strong> {error.message} What you see may be out of date.
      </div>
    );
  if (status === null || status.problems.length === 0) return null;
  const { spool, actions, evaluation } = status;
  const facts = [
    spool.segments > 0 ? `${plural(spool.segments, 'segment')} (${bytes(spool.bytes)}) waiting in the spool` : '',
    spool.poisoned > 0 ? `${plural(spool.poisoned, 'poisoned segment')} set aside` : '',
    actions.retrying > 0 ? `${plural(actions.retrying, 'action')} retrying` : '',
    actions.failed > 0 ? `${plural(actions.failed, 'action')} failed` : '',
    evaluation.lagSeconds !== null && evaluation.lagSeconds > 60
      ? `evaluation ${Math.round(evaluation.lagSeconds)} s behind`
      : '',
  ].filter((fact) => fact !== '');
  return (
    <div class="banner tone-wait" role="alert">
      <strong>{plural(status.problems.length, 'problem')} with Leeway itself</strong>
      <ul>
        {status.problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
      {facts.length > 0 && <p class="muted">{facts.join(' · ')}</p>}
    </div>
  );
}
