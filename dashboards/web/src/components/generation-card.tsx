import { type Artifact, type Generation, type Outcome, SURFACES } from '../api/index.js';
import { duration, percent, versionText, words } from '../format.js';
import { ArtifactView } from './artifact-view.js';
import { Badge, ComplianceBadge } from './badges.js';
import { tokens } from './generation-table.js';
import { Time } from './time.js';

const ARTIFACT_ORDER = ['prompt', 'tools', 'context', 'output_schema'];

const NOT_SENT = 'The trace carried no content, so there is nothing to show.';
const NOT_KEPT =
  'Content is not kept here (content: none), or no longer. Versions, digests and verdicts were read before it was dropped.';

export interface GenerationCardProps {
  generation: Generation;
  artifacts: readonly Artifact[];
  outcomes: readonly Outcome[];
  focused: boolean;
}

/** One LLM call: which versions it ran with and how that is known, what came of it, and the exact content. */
export function GenerationCard({ generation, artifacts, outcomes, focused }: GenerationCardProps) {
  const { promptDigest, toolsDigest, contextDigest, schemaDigest } = generation;
  const digests = [promptDigest, toolsDigest, contextDigest, schemaDigest];
  const own = artifacts
    .filter(({ digest }) => digests.includes(digest))
    .sort((a, b) => ARTIFACT_ORDER.indexOf(a.kind) - ARTIFACT_ORDER.indexOf(b.kind));
  const isContentMissing = digests.some(
    (digest) => digest !== '' && own.every((artifact) => artifact.digest !== digest),
  );
  return (
    <article class={`panel ${focused ? 'focused' : ''}`} aria-label={`Generation ${generation.spanId}`}>
      <h3>
        {generation.servedModel || generation.requestedModel || 'Generation'}
        <span class="note">
          <code>{generation.spanId}</code>
        </span>
      </h3>
      <p class="badges">
        <ComplianceBadge compliance={generation.compliance} />
        {generation.refusal && (
          <Badge tone="wait" mark="⊘">
            refusal
          </Badge>
        )}
        {generation.errorType !== '' && (
          <Badge tone="bad" mark="!">
            {generation.errorType}
          </Badge>
        )}
      </p>
      {generation.complianceReason !== '' && <p class="row-detail">{generation.complianceReason}</p>}
      <VersionTable generation={generation} />
      <CallFacts generation={generation} />
      <Outcomes outcomes={outcomes} />
      <h4>What it ran with</h4>
      {isContentMissing && <p class="muted">{NOT_KEPT}</p>}
      {!isContentMissing && own.length === 0 && <p class="muted">{NOT_SENT}</p>}
      {own.map((artifact) => (
        <ArtifactView key={artifact.digest} artifact={artifact} open={artifact.kind === 'prompt'} />
      ))}
    </article>
  );
}

function VersionTable({ generation }: { generation: Generation }) {
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Surface</th>
          <th scope="col">Version</th>
          <th scope="col">Known because</th>
        </tr>
      </thead>
      <tbody>
        {SURFACES.map((surface) => {
          const version = generation.versions[surface];
          return (
            <tr key={surface}>
              <th scope="row">{surface}</th>
              <td class={version.source === 'missing' ? 'missing' : ''} title={version.value}>
                {versionText(version)}
              </td>
              <td>{version.source}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function CallFacts({ generation }: { generation: Generation }) {
  const raw = generation.finishReasonRaw;
  const facts: [string, string][] = [
    ['provider', generation.provider || 'missing'],
    ['requested model', generation.requestedModel || 'missing'],
    ['served model', generation.servedModel || 'missing'],
    ['finish', words(generation.finishReason) + (raw !== '' && raw !== generation.finishReason ? ` (${raw})` : '')],
    ['tokens', tokens(generation)],
    ['took', duration(generation.durationMs)],
    ['stratum', generation.stratum || 'missing'],
    ['session', generation.sessionId || 'missing'],
    ['pod', generation.pod || 'missing'],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** `task success: failed`; a name that is a failure already says so. */
function outcomeText({ name, value }: Outcome): string {
  if (value === 0) return name.endsWith('failure') ? words(name) : `${words(name)}: failed`;
  return `${words(name)}: ${value === 1 ? 'succeeded' : percent(value)}`;
}

function Outcomes({ outcomes }: { outcomes: readonly Outcome[] }) {
  if (outcomes.length === 0) return <p class="muted">No outcome has been reported.</p>;
  return (
    <ul class="outcomes">
      {outcomes.map((outcome) => (
        <li key={outcome.id}>
          <Badge tone={outcome.value >= 0.5 ? 'good' : 'bad'} mark={outcome.value >= 0.5 ? '✓' : '!'}>
            {outcomeText(outcome)}
          </Badge>{' '}
          <span class="muted">
            by {outcome.source}, <Time at={outcome.at} only="relative" />
          </span>
          {outcome.comment !== '' && <p class="row-detail">{outcome.comment}</p>}
        </li>
      ))}
    </ul>
  );
}
