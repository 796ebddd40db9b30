import { type Selector, SURFACES, type Surface, type Version, type Versions } from '../api/index.js';
import { shortVersion, versionText } from '../format.js';

/** The four versions of a vector, each with where it is known from when that is not a tag. */
export function VersionList({ versions }: { versions: Versions }) {
  return (
    <dl class="versions">
      {SURFACES.map((surface) => (
        <div key={surface}>
          <dt>{surface}</dt>
          <VersionValue version={versions[surface]} />
        </div>
      ))}
    </dl>
  );
}

function VersionValue({ version }: { version: Version }) {
  const missing = version.source === 'missing';
  return (
    <dd class={missing ? 'missing' : ''} title={version.value}>
      {versionText(version)}
      {version.source === 'derived' && <span class="source"> derived</span>}
    </dd>
  );
}

/** `prompt v12 → v13`, a line a surface. */
export function ChangeList(props: { changed: readonly Surface[]; baseline: Selector; candidate: Selector }) {
  return (
    <ul class="changes">
      {props.changed.map((surface) => (
        <li key={surface}>
          <span class="surface">{surface}</span> <SelectorValue value={props.baseline[surface]} arm="baseline" />
          <span class="arrow" aria-hidden="true">
            →
          </span>
          <span class="visually-hidden"> to </span>
          <SelectorValue value={props.candidate[surface]} arm="candidate" />
        </li>
      ))}
    </ul>
  );
}

function SelectorValue({ value, arm }: { value: string | undefined; arm: 'baseline' | 'candidate' }) {
  return (
    <code class={`version-${arm}`} title={value ?? ''}>
      {value ? shortVersion(value) : 'missing'}
    </code>
  );
}
