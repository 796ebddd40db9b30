import { useEffect, useRef } from 'preact/hooks';
import type { Artifact, ArtifactDiff, CatalogueSurface, CatalogueVersion } from '../api/index.js';
import { shortVersion, words } from '../format.js';
import { useResource } from '../resource.js';
import { ArtifactDiffView } from './artifact-diff.js';
import { ArtifactView } from './artifact-view.js';
import { Loaded } from './page.js';
import { ReadinessPanel } from './readiness-panel.js';

export const REMOVABLE: Readonly<Record<CatalogueSurface, string>> = {
  model: 'model',
  prompt: 'prompt_version',
  tools: 'tools_version',
  context: 'context_version',
  output_schema: 'schema',
};

export interface VersionDetailProps {
  target: string;
  surface: CatalogueSurface;
  version: CatalogueVersion;
  /** The version that was seen first before this one was; `null` for the first. */
  previous: CatalogueVersion | null;
}

/** One version: its content, what it changed, and whether it may go. */
export function CatalogueVersionDetail({ target, surface, version, previous }: VersionDetailProps) {
  const heading = useFocusOnOpen(`${surface} ${version.version}`);
  const [latest, edited] = version.digests;
  const before = previous?.digests[0];
  return (
    <article class="panel focused" aria-label={`${words(surface)} ${version.version}`}>
      <h3 ref={heading} tabIndex={-1}>
        {words(surface)} <code>{shortVersion(version.version)}</code>
      </h3>
      <h4>May it be removed?</h4>
      <ReadinessPanel target={target} kind={REMOVABLE[surface]} name={version.version} />
      {edited !== undefined && latest !== undefined && version.standing === 'mutated' && (
        <>
          <h4>What was edited under this name</h4>
          <Difference before={edited} after={latest} />
        </>
      )}
      {previous !== null && before !== undefined && latest !== undefined && before !== latest && (
        <>
          <h4>
            Since <code>{shortVersion(previous.version)}</code>
          </h4>
          <Difference before={before} after={latest} />
        </>
      )}
      {before !== undefined && before === latest && (
        <p class="muted">
          The same content as <code>{previous === null ? '' : shortVersion(previous.version)}</code>.
        </p>
      )}
      <Content surface={surface} digest={latest} />
    </article>
  );
}

function Content({ surface, digest }: { surface: CatalogueSurface; digest: string | undefined }) {
  if (surface === 'model') return null;
  if (digest === undefined) return <p class="muted">No trace carried its content.</p>;
  return (
    <>
      <h4>Content</h4>
      <StoredContent digest={digest} />
    </>
  );
}

function StoredContent({ digest }: { digest: string }) {
  const resource = useResource<Artifact>(`/artifacts/${digest}`, []);
  return (
    <Loaded resource={resource} what="content">
      {(artifact) =>
        artifact.content === '' ? (
          <p class="muted">Its content is not kept: the target's content is not stored.</p>
        ) : (
          <ArtifactView artifact={artifact} open={true} />
        )
      }
    </Loaded>
  );
}

function Difference({ before, after }: { before: string; after: string }) {
  const resource = useResource<ArtifactDiff>(`/artifacts/${before}/diff/${after}`, []);
  return (
    <Loaded resource={resource} what="difference">
      {(diff) => <ArtifactDiffView diff={diff} />}
    </Loaded>
  );
}

/** What was opened is where one reads on, also with a keyboard. */
export function useFocusOnOpen(what: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [what]);
  return heading;
}
