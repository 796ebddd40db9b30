import type { Action } from '../api/index.js';
import { words } from '../format.js';
import { postJson } from '../request.js';
import { ActionBadge } from './badges.js';
import { ConfirmButton } from './confirm-button.js';
import { CopyButton } from './copy-button.js';
import { Time } from './time.js';

/** What was done about an incident: where, how often it was tried, under which idempotency key, what was answered. */
export function ActionTable({ actions, onChange }: { actions: readonly Action[]; onChange: () => Promise<void> }) {
  if (actions.length === 0) return <p class="muted">Nothing was done: no registry or notifier is configured for it.</p>;
  return (
    <table class="cards sheet">
      <thead>
        <tr>
          <th scope="col">Action</th>
          <th scope="col">Status</th>
          <th scope="col">Attempts</th>
          <th scope="col">Answer</th>
          <th scope="col">Idempotency key</th>
        </tr>
      </thead>
      <tbody>
        {rollbacksFirst(actions).map((action) => (
          <tr key={action.id}>
            <th scope="row" class="lead">
              {action.kind} <span class="muted">by</span> {action.destination}
              <span class="interval">for “{words(action.occasion)}”</span>
            </th>
            <td data-label="Status">
              <ActionBadge status={action.status} />
              <span class="interval">
                <Time at={action.at} only="relative" />
              </span>
              {action.status === 'awaiting_approval' && <Approval action={action} onChange={onChange} />}
            </td>
            <td data-label="Attempts">
              {action.attempts}
              {action.status === 'pending' && action.nextAttemptAt !== null && (
                <span class="interval">
                  next <Time at={action.nextAttemptAt} only="relative" />
                </span>
              )}
            </td>
            <td data-label="Answer" class="wrap">
              {action.detail || <span class="muted">none yet</span>}
            </td>
            <td data-label="Idempotency key">
              <code>{action.id}</code> <CopyButton text={action.id} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function rollbacksFirst(actions: readonly Action[]): Action[] {
  return [...actions].sort((a, b) => Number(b.kind === 'rollback') - Number(a.kind === 'rollback'));
}

function Approval({ action, onChange }: { action: Action; onChange: () => Promise<void> }) {
  const decide = (verb: 'approve' | 'reject') => async (fields: Record<string, string>) => {
    await postJson<Action>(`/actions/${encodeURIComponent(action.id)}/${verb}`, fields);
    await onChange();
  };
  return (
    <div class="button-row">
      <ConfirmButton
        label="Approve"
        tone="danger"
        question={`Leeway will ask ${action.destination} for the ${action.kind} now, and watch the traffic until it took effect.`}
        run={decide('approve')}
      />
      <ConfirmButton
        label="Reject"
        question={`The ${action.kind} by ${action.destination} will not happen. The candidate stays in traffic.`}
        run={decide('reject')}
      />
    </div>
  );
}
