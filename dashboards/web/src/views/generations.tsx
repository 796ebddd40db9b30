import type { Generation, TargetSummary } from '../api/index.js';
import { GenerationTable } from '../components/generation-table.js';
import { Loaded, Page } from '../components/page.js';
import { clockTime, metricTitle, targetName, words } from '../format.js';
import { listPath } from '../request.js';
import { useResource } from '../resource.js';
import { navigate } from '../router.js';

const LIMIT = 100;
const METRICS = ['compliance', 'task_success', 'downstream_failure', 'errors'];
const COMPLIANCE = [
  'ok',
  'ok_after_fence',
  'ok_after_extract',
  'schema_invalid',
  'not_json',
  'empty',
  'truncated',
  'refusal',
  'filtered',
  'not_checkable',
  'no_content',
  'error',
  'not_applicable',
];
const FILTERS = ['target', 'vector', 'compliance', 'failing', 'since', 'until'] as const;

export function GenerationsView({ query }: { query: URLSearchParams }) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const path = listPath('/generations', { ...filters, limit: LIMIT });
  const resource = useResource<{ generations: Generation[] }>(path, ['vectors']);
  const set = (name: string, value: string) =>
    navigate(listPath('/generations', { ...filters, [name]: value }), { replace: true });
  return (
    <Page title="Generations">
      <Filters filters={filters} set={set} />
      <Loaded resource={resource} what="generations">
        {({ generations }) =>
          generations.length === 0 ? (
            <p class="muted">None fits these filters.</p>
          ) : (
            <>
              <GenerationTable generations={generations} />
              <p class="muted">
                {generations.length < LIMIT
                  ? 'That is all of them.'
                  : `The newest ${LIMIT}; narrow the filters to see older ones.`}
              </p>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Filters({ filters, set }: { filters: Record<string, string>; set: (name: string, value: string) => void }) {
  const targets = useResource<{ targets: TargetSummary[] }>('/targets', []);
  const vector = filters['vector'] ?? '';
  return (
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Choice
        label="Target"
        value={filters['target'] ?? ''}
        options={(targets.data?.targets ?? []).map((target) => ({ value: target.targetId, label: targetName(target) }))}
        onChange={(value) => set('target', value)}
      />
      <Choice
        label="Result"
        value={filters['compliance'] ?? ''}
        options={COMPLIANCE.map((value) => ({ value, label: value === 'ok' ? 'compliant' : words(value) }))}
        onChange={(value) => set('compliance', value)}
      />
      <Choice
        label="Failing"
        value={filters['failing'] ?? ''}
        options={METRICS.map((value) => ({ value, label: metricTitle(value) }))}
        onChange={(value) => set('failing', value)}
      />
      {(filters['since'] ?? '') !== '' && (
        <button
          type="button"
          class="button small"
          onClick={() => navigate(listPath('/generations', { ...filters, since: '', until: '' }), { replace: true })}
        >
          only {span(filters)} <span aria-hidden="true">×</span>
          <span class="visually-hidden">, show the newest</span>
        </button>
      )}
      {vector !== '' && (
        <button type="button" class="button small" onClick={() => set('vector', '')}>
          only vector {vector.slice(0, 10)} <span aria-hidden="true">×</span>
          <span class="visually-hidden">, show all vectors</span>
        </button>
      )}
    </form>
  );
}

/** `12:00:00 to 12:10:00` */
function span(filters: Record<string, string>): string {
  const time = (name: string) => clockTime(Number(filters[name]) * 1000, Date.now());
  return (filters['until'] ?? '') === '' ? `since ${time('since')}` : `${time('since')} to ${time('until')}`;
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  const known = value === '' || options.some((option) => option.value === value);
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">any</option>
        {!known && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
