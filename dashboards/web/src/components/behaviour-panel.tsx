import type { Behaviour, ShownMove } from '../api/index.js';
import { count, eValue } from '../format.js';
import { useResource } from '../resource.js';
import { traceHref } from './generation-table.js';
import { Section } from './page.js';

type Standing = NonNullable<Behaviour['standing']>;

/** How the outputs of both arms differ in style: what moved, the tone, and outputs that show it. */
export function BehaviourPanel({ rolloutId }: { rolloutId: string }) {
  const { data } = useResource<Behaviour>(`/rollouts/${encodeURIComponent(rolloutId)}/behaviour`, ['rollouts']);
  const standing = data?.standing;
  if (!standing) return null;
  return (
    <Section title="Behaviour" note="did the outputs change in ways that users would notice?">
      <article class={`panel metric ${standing.changed ? 'blamed' : ''}`}>
        <p class="row-meta">
          <span>
            <b>{standing.changed ? 'Changed' : 'No change shown'}</b>: evidence {eValue(standing.maxLogE)} of{' '}
            {eValue(standing.logThreshold)}
          </span>
          <span>
            {count(standing.candidateN)} outputs of the candidate, {count(standing.baselineN)} of the baseline, sampled
          </span>
        </p>
        <MoveTable title="What moved most" moves={standing.features} />
        <MoveTable title="Tone" moves={standing.tone} />
        <Examples standing={standing} />
      </article>
    </Section>
  );
}

function MoveTable({ title, moves }: { title: string; moves: readonly ShownMove[] }) {
  if (moves.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <table class="cards sheet" aria-label={title}>
        <thead>
          <tr>
            <th scope="col">In an output</th>
            <th scope="col">Baseline</th>
            <th scope="col">Candidate</th>
            <th scope="col">Candidate has more</th>
          </tr>
        </thead>
        <tbody>
          {moves.map((move) => (
            <tr key={move.name} class={isCertain(move) ? 'blamed' : ''}>
              <th scope="row" class="lead">
                {move.label}
              </th>
              <td data-label="Baseline">{mean(move.baselineMean)}</td>
              <td data-label="Candidate">{mean(move.candidateMean)}</td>
              <td data-label="Candidate has more">
                {share(move.superiority)}
                <span class="interval">
                  {share(move.lower)} to {share(move.upper)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Examples({ standing: { examples } }: { standing: Standing }) {
  if (examples.baseline.length + examples.candidate.length === 0) return null;
  return (
    <dl class="facts">
      {(['baseline', 'candidate'] as const).map((arm) => (
        <div key={arm}>
          <dt>Typical of the {arm} only</dt>
          <dd>
            {examples[arm].map((output, index) => (
              <a key={output.spanId} href={traceHref(output)}>
                output {index + 1}{' '}
              </a>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** One half is "as often as not". */
function isCertain({ lower, upper }: ShownMove): boolean {
  return lower > 0.5 || upper < 0.5;
}

function mean(value: number): string {
  return Math.abs(value) >= 100 ? count(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function share(probability: number): string {
  return `${Math.round(probability * 100)} in 100`;
}
