import type { CatalogueHistory } from '../api/index.js';
import { shortVersion, words } from '../format.js';
import { Time } from './time.js';

const KINDS: Readonly<Record<CatalogueHistory['kind'], string>> = {
  first_seen: 'was seen for the first time',
  last_seen: 'was seen for the last time',
  pointer_moved: 'was pointed to',
};

/** What came, what went, and who moved the pointer. */
export function CatalogueTimeline({ history }: { history: readonly CatalogueHistory[] }) {
  return (
    <ol class="timeline dated">
      {history.map((event) => (
        <li key={`${event.at} ${event.kind} ${event.surface} ${event.version}`}>
          <Time at={event.at} />
          <div>
            <p>
              {words(event.surface)} <code title={event.version}>{shortVersion(event.version)}</code>{' '}
              {KINDS[event.kind]}
              {event.kind === 'pointer_moved' && ` by ${event.actor || event.source}`}
              {event.previousVersion !== '' && (
                <>
                  , instead of <code>{shortVersion(event.previousVersion)}</code>
                </>
              )}
            </p>
            {event.comment !== '' && <p class="row-detail">{event.comment}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
