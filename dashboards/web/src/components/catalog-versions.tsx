import type { Catalogue, CatalogueVersion } from '../api/index.js';
import { count, percent, plural, shortVersion, targetName } from '../format.js';
import { Badge } from './badges.js';
import { Time } from './time.js';

type Surface = Catalogue['surfaces'][number];

export interface VersionTableProps {
  surface: Surface;
  /** Where a version is shown in full. */
  href: (version: string) => string;
  selected: string;
}

/** Every version of one surface: its share, who runs it, and when it was seen. */
export function CatalogueVersionTable({ surface, href, selected }: VersionTableProps) {
  return (
    <>
      <table class="cards sheet">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Share</th>
            <th scope="col">Pods</th>
            <th scope="col">First seen</th>
            <th scope="col">Last seen</th>
            <th scope="col">Also run by</th>
          </tr>
        </thead>
        <tbody>
          {surface.versions.map((version) => (
            <tr key={`${version.version} ${version.source}`} class={version.version === selected ? 'selected' : ''}>
              <td class="lead">
                <a
                  href={href(version.version)}
                  title={version.version}
                  aria-current={version.version === selected ? 'true' : undefined}
                >
                  <code>{shortVersion(version.version)}</code>
                </a>
                {version.source === 'derived' && <span class="source"> derived</span>} <Standing version={version} />
              </td>
              <td data-label="Share">
                <span>
                  <b>{percent(version.share)}</b>
                  <span class="interval tight">{plural(version.generations, 'call')}</span>
                </span>
              </td>
              <td data-label="Pods">
                <span title={version.pods.join(', ')}>{version.podCount === 0 ? 'none' : count(version.podCount)}</span>
              </td>
              <td data-label="First seen">
                <Time at={version.firstSeen} only="relative" />
              </td>
              <td data-label="Last seen">
                <Time at={version.lastSeen} only="relative" />
              </td>
              <td data-label="Also run by">
                <Users version={version} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {surface.missing > 0 && (
        <p class="muted untold">{plural(surface.missing, 'call')} of the hour told no version of this surface.</p>
      )}
    </>
  );
}

/** A published version that was edited is the one thing nobody can see from its name. */
function Standing({ version }: { version: CatalogueVersion }) {
  if (version.standing === 'mutated')
    return (
      <Badge tone="bad" mark="!">
        {`edited: ${version.contents} contents`}
      </Badge>
    );
  if (version.standing === 'templated')
    return (
      <Badge tone="quiet" mark="…">
        rendered for every call
      </Badge>
    );
  return null;
}

function Users({ version }: { version: CatalogueVersion }) {
  if (version.usedBy.length === 0) return <span class="muted">nobody else</span>;
  return (
    <ul>
      {version.usedBy.map((target) => (
        <li key={target.targetId}>
          <a href={`/catalog/${encodeURIComponent(target.targetId)}`}>{targetName(target)}</a>
        </li>
      ))}
    </ul>
  );
}
