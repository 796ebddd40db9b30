import type { ToolDetail, ToolSummary } from '../api/index.js';
import { plural, words } from '../format.js';
import { listPath } from '../request.js';
import { useResource } from '../resource.js';
import { CompatibilityBadge } from './badges.js';
import { useFocusOnOpen } from './catalog-version.js';
import { Loaded } from './page.js';
import { ReadinessPanel } from './readiness-panel.js';
import { Time } from './time.js';

export interface ToolListProps {
  tools: readonly ToolSummary[];
  href: (tool: string) => string;
  selected: string;
}

/** The tools of a target's service. */
export function ToolList({ tools, href, selected }: ToolListProps) {
  return (
    <ul class="rows">
      {tools.map(({ name, versions, latest }) => (
        <li key={name} class="row">
          <div class="row-main">
            <a class="row-title" href={href(name)} aria-current={name === selected ? 'true' : undefined}>
              <code>{name}</code>
            </a>
            <p class="row-meta">
              <span>{plural(versions, 'version')}</span>
              {latest.seen === null ? (
                <span>declared, not seen in traces</span>
              ) : (
                <span>
                  latest seen <Time at={latest.seen.last} only="relative" />
                </span>
              )}
              {latest.declared !== null && <span>declared by {latest.declared.actor || 'somebody'}</span>}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** One tool: its versions, each with the verdict on what it changed for callers. */
export function ToolContract({ target, service, name }: { target: string; service: string; name: string }) {
  const path = listPath(`/tools/${encodeURIComponent(name)}`, { service });
  const resource = useResource<ToolDetail>(path, ['vectors']);
  const heading = useFocusOnOpen(`tool ${name}`);
  return (
    <article class="panel focused" aria-label={`Tool ${name}`}>
      <h3 ref={heading} tabIndex={-1}>
        tool <code>{name}</code>
      </h3>
      <h4>May it be removed?</h4>
      <ReadinessPanel target={target} kind="tool" name={name} />
      <Loaded resource={resource} what="tool">
        {(tool) => (
          <>
            <h4>
              Versions{' '}
              <span class="note">
                judged {tool.compatibility.mode}, {tool.compatibility.policy}
              </span>
            </h4>
            <ol class="tool-versions">
              {tool.history.map((version) => (
                <ToolVersion key={version.version} version={version} />
              ))}
            </ol>
          </>
        )}
      </Loaded>
    </article>
  );
}

function ToolVersion({ version }: { version: ToolDetail['history'][number] }) {
  const { definition, toPrevious, seen, declared } = version;
  return (
    <li>
      <p class="badges">
        <b>{version.version}</b>
        {toPrevious === null ? (
          <span class="muted">the first</span>
        ) : (
          <CompatibilityBadge verdict={toPrevious.verdict} />
        )}
        {seen !== null && (
          <span class="muted">
            seen <Time at={seen.last} only="relative" />
          </span>
        )}
        {declared !== null && <span class="muted">declared by {declared.actor || 'somebody'}</span>}
      </p>
      {definition.description !== '' && <p class="row-detail">{definition.description}</p>}
      {toPrevious?.comparisons.map(({ change, sentences }) => (
        <ul key={change} class="reasons">
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ))}
      <details>
        <summary>{words('definition')}</summary>
        <div class="snippet">
          <pre>
            <code>{JSON.stringify(definition, null, 2)}</code>
          </pre>
        </div>
      </details>
    </li>
  );
}
