import type { ArtifactDiff, DiffLine } from '../api/index.js';
import { plural, words } from '../format.js';
import { CompatibilityBadge } from './badges.js';

/** How two contents differ: what it means for callers, what came and went, and the lines. */
export function ArtifactDiffView({ diff }: { diff: ArtifactDiff }) {
  return (
    <div class="diff">
      {diff.compatibility !== null && <Contracts compatibility={diff.compatibility} />}
      {diff.structure !== null && <Structure structure={diff.structure} />}
      {diff.text === null ? <p class="muted">{diff.reason}</p> : <Lines text={diff.text} />}
    </div>
  );
}

function Contracts({ compatibility }: { compatibility: NonNullable<ArtifactDiff['compatibility']> }) {
  return (
    <>
      <p class="badges">
        <CompatibilityBadge verdict={compatibility.verdict} />
      </p>
      <ul class="contract-lines">
        {compatibility.lines.map((line) => (
          <li key={`${line.tool} ${line.change}`}>
            {line.tool !== '' && <code>{line.tool}</code>} <span class="muted">{words(line.change)}:</span>{' '}
            {line.sentences.join(' ')}
          </li>
        ))}
      </ul>
    </>
  );
}

const CHANGE_MARKS = { added: '+', removed: '−', changed: '~' } as const;

function Structure({ structure }: { structure: NonNullable<ArtifactDiff['structure']> }) {
  if (structure.changes.length === 0) return <p class="muted">Nothing differs in structure.</p>;
  return (
    <>
      <ul class="structure">
        {structure.changes.map((change, index) => (
          <li key={index} class={`change-${change.kind}`}>
            <span class="change-mark" aria-hidden="true">
              {CHANGE_MARKS[change.kind]}
            </span>
            <span>
              <span class="visually-hidden">{change.kind} </span>
              {change.thing} <code>{change.where || 'the whole'}</code>
              <ChangedValues change={change} />
            </span>
          </li>
        ))}
      </ul>
      {!structure.complete && <p class="muted">There are more.</p>}
    </>
  );
}

function ChangedValues({ change }: { change: NonNullable<ArtifactDiff['structure']>['changes'][number] }) {
  if (change.kind !== 'changed') return null;
  if (change.thing === 'required')
    return <span class="muted"> {change.after === true ? 'is required now' : 'is no longer required'}</span>;
  return (
    <span class="muted">
      : {shown(change.before)} → {shown(change.after)}
    </span>
  );
}

const MAX_SHOWN_CHARACTERS = 120;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

const LINE_MARKS = { same: ' ', added: '+', removed: '−' } as const;
const LINE_WORDS = { same: '', added: 'added: ', removed: 'removed: ' } as const;

function Lines({ text }: { text: NonNullable<ArtifactDiff['text']> }) {
  if (text.hunks.length === 0) return <p class="muted">No line differs.</p>;
  return (
    <>
      <p class="row-meta">
        <span>{plural(text.added, 'line')} added</span>
        <span>{plural(text.removed, 'line')} removed</span>
      </p>
      <section class="diff-lines" aria-label="Changed lines">
        {text.hunks.map((hunk) => (
          <div key={`${hunk.before} ${hunk.after}`} class="hunk">
            <p class="hunk-place muted">line {hunk.after}</p>
            {hunk.lines.map((line, index) => (
              <Line key={index} line={line} />
            ))}
          </div>
        ))}
      </section>
    </>
  );
}

function Line({ line }: { line: DiffLine }) {
  return (
    <div class={`diff-line line-${line.kind}`}>
      <span class="change-mark" aria-hidden="true">
        {LINE_MARKS[line.kind]}
      </span>
      <code>
        {line.kind !== 'same' && <span class="visually-hidden">{LINE_WORDS[line.kind]}</span>}
        {line.parts.map((part, index) => (part.changed ? <mark key={index}>{part.text}</mark> : part.text))}
      </code>
    </div>
  );
}
