import type { Attribution } from '../api/index.js';
import { count, metricTitle, percent, points } from '../format.js';
import { useResource } from '../resource.js';
import { Fact, Facts } from './facts.js';
import { Section } from './page.js';

type Stratum = Attribution['strata'][number];

/** Which surface made the candidate worse, what comes from other requests, and where it happens; nothing when unknown. */
export function AttributionPanel({ attributions, note }: { attributions: readonly Attribution[]; note: string }) {
  if (attributions.length === 0) return null;
  return (
    <Section title="Which surface did it" note={note}>
      {attributions.map((attribution) => (
        <article key={attribution.metric} class="panel">
          <h3>{metricTitle(attribution.metric)}</h3>
          <p class="finding-sentence">{attribution.sentence}</p>
          <Parts attribution={attribution} />
          {attribution.strata.length > 1 && <StrataTable strata={attribution.strata} />}
        </article>
      ))}
    </Section>
  );
}

/** The same of a rollout as its traffic has it now, for the metrics that are worth asking about. */
export function RolloutAttribution({ rolloutId, metrics }: { rolloutId: string; metrics: readonly string[] }) {
  const path = metrics.length === 0 ? null : `/rollouts/${encodeURIComponent(rolloutId)}/attribution`;
  const { data } = useResource<{ metrics: Attribution[] }>(path, ['rollouts']);
  const asked = data?.metrics.filter(({ metric }) => metrics.includes(metric)) ?? [];
  return <AttributionPanel attributions={asked} note="surfaces that changed, requests that differ, and where" />;
}

function Parts({ attribution: { surfaces, total, mix, behaviour } }: { attribution: Attribution }) {
  return (
    <Facts>
      <Fact name="difference">{points(total)} points</Fact>
      <Fact name="from other answers to like requests">{points(behaviour)} points</Fact>
      <Fact name="from other requests">{points(mix)} points</Fact>
      {surfaces.kind === 'attributed' &&
        Object.entries(surfaces.bySurface).map(([surface, part]) => (
          <Fact key={surface} name={`by the ${surface}`}>
            {points(part)} points
          </Fact>
        ))}
      {surfaces.kind === 'not_identifiable' && (
        <Fact name="not identifiable; arms that would tell">
          <ul>
            {surfaces.revertOneArms.map(({ reverted, changed }) => (
              <li key={reverted}>
                {reverted} taken back, {changed.join(' and ')} as in the candidate
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </Facts>
  );
}

function StrataTable({ strata }: { strata: readonly Stratum[] }) {
  return (
    <table class="cards sheet" aria-label="Where it happens">
      <thead>
        <tr>
          <th scope="col">Context size</th>
          <th scope="col">Baseline fails</th>
          <th scope="col">Candidate fails</th>
          <th scope="col">Part of the difference</th>
        </tr>
      </thead>
      <tbody>
        {strata.map(({ stratum, baseline, candidate, behaviour }) => (
          <tr key={stratum}>
            <th scope="row" class="lead">
              {stratum}
            </th>
            <td data-label="Baseline fails">{failing(baseline)}</td>
            <td data-label="Candidate fails">{failing(candidate)}</td>
            <td data-label="Part of the difference">{points(behaviour)} points</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function failing({ n, failures }: Stratum['baseline']): string {
  return `${percent(failures / n)} of ${count(n)}`;
}
