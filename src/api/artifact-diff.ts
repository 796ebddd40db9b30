import {
  compareTools,
  type DiffHunk,
  digestOf,
  explainMode,
  explainToolChange,
  judgeVersions,
  OUTPUT_POLICY,
  readTools,
  structuralDiff,
  type ToolChange,
  type ToolContract,
  textDiff,
  versioned,
} from '../catalog/index.js';
import type { Artifact } from '../model/index.js';
import type { ArtifactDiff } from './schemas.js';

/** Tools that are judged within one answer: a comparison takes milliseconds, a hostile one more. */
const MAX_JUDGED_TOOLS = 50;

const NOT_JUDGED: ArtifactDiff['compatibility'] = {
  verdict: 'unknown',
  lines: [
    {
      ...{ tool: '', change: 'changed', verdict: 'unknown', behavioural: [] },
      sentences: [`More than ${MAX_JUDGED_TOOLS} tools differ: ask for them one by one.`],
    },
  ],
};

/** How two contents of one kind differ: as text, in their structure, and as contracts. */
export function artifactDiff(before: Artifact, after: Artifact): ArtifactDiff {
  const kept = before.content !== '' && after.content !== '';
  const text = kept ? textDiff(laidOut(before), laidOut(after)) : null;
  const parsed = kept ? parsedBoth(before, after) : null;
  return {
    before: { digest: before.digest, kind: before.kind },
    after: { digest: after.digest, kind: after.kind },
    text: text?.kind === 'diff' ? { added: text.added, removed: text.removed, hunks: text.hunks.map(hunkView) } : null,
    reason:
      text === null
        ? 'Their content is not kept.'
        : text.kind === 'diff'
          ? ''
          : `They are not compared: ${text.reason}.`,
    structure: parsed === null || before.kind === 'prompt' ? null : structureView(before.kind, parsed),
    compatibility: parsed === null ? null : compatibilityView(before, after, parsed),
  };
}

interface Parsed {
  readonly before: unknown;
  readonly after: unknown;
}

function parsedBoth(before: Artifact, after: Artifact): Parsed | null {
  if (before.kind === 'prompt') return null;
  try {
    return { before: JSON.parse(before.content), after: JSON.parse(after.content) };
  } catch {
    // What was redacted need not be JSON any more: its text is still compared.
    return null;
  }
}

/** Canonical JSON is one line; laid out, a change is a line. */
function laidOut({ kind, content }: Artifact): string {
  if (kind === 'prompt') return content;
  try {
    return JSON.stringify(JSON.parse(content), null, 2);
  } catch {
    return content;
  }
}

function structureView(
  kind: Exclude<Artifact['kind'], 'prompt'>,
  { before, after }: Parsed,
): ArtifactDiff['structure'] {
  const { changes, complete } = structuralDiff(kind, before, after);
  return { changes: [...changes], complete };
}

function compatibilityView(before: Artifact, after: Artifact, parsed: Parsed): ArtifactDiff['compatibility'] {
  if (before.kind === 'tools') {
    const [old, now] = [readTools(before.content), readTools(after.content)];
    if (differing(old, now) > MAX_JUDGED_TOOLS) return NOT_JUDGED;
    const { verdict, changes } = compareTools(old, now);
    const changed = changes.filter(({ kind }) => kind !== 'unchanged');
    return { verdict, lines: changed.map(toolLine) };
  }
  if (before.kind !== 'output_schema') return null;
  const { mode, policy } = OUTPUT_POLICY;
  const result = judgeVersions([versioned(parsed.before)], versioned(parsed.after), mode, policy);
  const sentences = explainMode(result, 'output');
  return {
    verdict: result.verdict,
    lines: [{ tool: '', change: 'changed', verdict: result.verdict, sentences, behavioural: [] }],
  };
}

/** Tools on both sides that are not the same. */
function differing(old: readonly ToolContract[], now: readonly ToolContract[]): number {
  const digests = new Map(old.map((tool) => [tool.name, digestOf(tool)]));
  return now.filter((tool) => digests.has(tool.name) && digests.get(tool.name) !== digestOf(tool)).length;
}

function toolLine(change: ToolChange): NonNullable<ArtifactDiff['compatibility']>['lines'][number] {
  return {
    tool: change.name,
    change: change.kind,
    verdict: change.verdict,
    sentences: explainToolChange(change),
    behavioural: change.kind === 'changed' ? [...change.behavioural] : [],
  };
}

type Hunk = NonNullable<ArtifactDiff['text']>['hunks'][number];

function hunkView(hunk: DiffHunk): Hunk {
  const lines = hunk.lines.map(({ kind, parts }) => ({ kind, parts: parts.map((part) => ({ ...part })) }));
  return { before: hunk.before, after: hunk.after, lines };
}
