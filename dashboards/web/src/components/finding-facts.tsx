import type { FindingEvidence } from '../api/index.js';
import { count, eValue, level, words } from '../format.js';
import { listPath } from '../request.js';
import { Fact, Facts } from './facts.js';

/** The generations behind a finding, as an address of this page. */
export function behindPath({
  targetId,
  vectorId,
  metric,
  since,
  until,
}: NonNullable<FindingEvidence['behind']>): string {
  return listPath('/generations', { target: targetId, vector: vectorId ?? '', failing: metric ?? '', since, until });
}

/** A figure with its unit as people say it; effects come in the unit they are to be read in. */
function figure(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US');
}

/** Everything that makes a finding believable: the question, how it was answered, at how much, and what came out. */
export function FindingFacts({ evidence, sentence }: { evidence: FindingEvidence; sentence: string }) {
  const { question, method, n, effect, evidence: against, surface, behind, details } = evidence;
  return (
    <div class="panel">
      <p class="finding-sentence">{sentence}</p>
      <Facts>
        <Fact name="asked">{question}</Fact>
        <Fact name="answered by">{method}</Fact>
        {surface !== null && <Fact name="surface">{surface}</Fact>}
        {Object.entries(n).map(([what, value]) => (
          <Fact key={what} name={words(what)}>
            <b>{count(value)}</b>
          </Fact>
        ))}
        {effect !== null && (
          <Fact name="effect">
            <b>{figure(effect.estimate)}</b> {effect.unit}
            <span class="interval">
              {figure(effect.lower)} to {figure(effect.upper)}, {level(effect.level)} interval
            </span>
          </Fact>
        )}
        {against !== null && (
          <Fact name="evidence">
            e-value <b>{eValue(against.logE)}</b> of {eValue(against.logThreshold)}
          </Fact>
        )}
      </Facts>
      <Details details={details} />
      {behind !== null && (
        <p>
          <a href={behindPath(behind)}>Generations behind it</a>
        </p>
      )}
    </div>
  );
}

/** Lists as lists, texts of several lines as they are (YAML to paste), the rest as facts; objects are for machines. */
function Details({ details }: { details: FindingEvidence['details'] }) {
  return (
    <>
      {Object.entries(details).map(([name, value]) => {
        const lines = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
        if (typeof value === 'string' && value.includes('\n'))
          return (
            <figure key={name} class="detail">
              <figcaption>{words(name)}</figcaption>
              <pre>{value}</pre>
            </figure>
          );
        if (lines.length > 0)
          return (
            <figure key={name} class="detail">
              <figcaption>{words(name)}</figcaption>
              <ul>
                {lines.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </figure>
          );
        if (typeof value === 'string' || typeof value === 'number')
          return (
            <p key={name} class="row-meta">
              <span>
                {words(name)}: {typeof value === 'number' ? count(value) : value}
              </span>
            </p>
          );
        return null;
      })}
    </>
  );
}
