import type { Finding } from '../api/index.js';
import { words } from '../format.js';
import { SeverityBadge } from './badges.js';
import { behindPath } from './finding-facts.js';
import { Time } from './time.js';

/** What was found, in sentences, with the way to the generations behind it. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul class="rows">
      {findings.map((finding) => (
        <li key={finding.id} class="row">
          <div class="row-main">
            <p>{finding.sentence}</p>
            <p class="row-meta">
              <span>{words(finding.detector)}</span>
              <span>
                found <Time at={finding.at} />
              </span>
              {finding.behind !== null && <a href={behindPath(finding.behind)}>generations behind it</a>}
            </p>
          </div>
          <SeverityBadge severity={finding.severity} />
        </li>
      ))}
    </ul>
  );
}
