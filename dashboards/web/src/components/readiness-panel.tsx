import type { Readiness } from '../api/index.js';
import { count, percent, relative } from '../format.js';
import { useNow } from '../now.js';
import { listPath } from '../request.js';
import { useResource } from '../resource.js';
import { Badge } from './badges.js';
import { Loaded } from './page.js';

const STATES: readonly { state: Readiness['state']; means: string }[] = [
  { state: 'expand', means: 'only this is in use' },
  { state: 'migrate', means: 'users are moving' },
  { state: 'contract', means: 'nobody uses it' },
];

/** May it be removed? Where that stands, and what is missing. */
export function ReadinessPanel({ target, kind, name }: { target: string; kind: string; name: string }) {
  const resource = useResource<Readiness>(listPath('/readiness', { target, kind, name }), ['vectors']);
  return (
    <Loaded resource={resource} what="readiness">
      {(readiness) => (
        <div class="readiness">
          <p class="badges">
            {readiness.ready ? (
              <Badge tone="good" mark="✓">
                ready to be removed
              </Badge>
            ) : (
              <Badge tone="wait" mark="‖">
                not ready to be removed
              </Badge>
            )}
          </p>
          <ol class="ladder">
            {STATES.map(({ state, means }) => (
              <li key={state} class={state === readiness.state ? 'current' : ''} title={means}>
                {state}
              </li>
            ))}
          </ol>
          <ul class="reasons">
            {readiness.missing.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
            {readiness.ready && <Known readiness={readiness} />}
          </ul>
        </div>
      )}
    </Loaded>
  );
}

function Known({ readiness }: { readiness: Readiness }) {
  const now = useNow();
  const hours = Math.round(readiness.holdSeconds / 3600);
  const last = readiness.lastUse === null ? '' : `, the last use was ${relative(Date.parse(readiness.lastUse), now)}`;
  const bound = readiness.usageUpperBound;
  return (
    <li>
      None of {count(readiness.generations)} calls in {hours} h used it{last}
      {bound !== null && ` (with 95 % confidence fewer than ${percent(bound)} do)`}.
    </li>
  );
}
