import { diffWordsWithSpace, type StructuredPatchHunk, structuredPatch } from 'diff';

/** Characters of both texts together beyond which they are not compared. */
export const MAX_DIFF_CHARACTERS = 2_000_000;
/** Lines that may be added and removed; the work grows with its square. */
const MAX_EDITS = 1_000;
/** Unchanged lines around a change. */
const CONTEXT_LINES = 3;
/** A pair of lines longer than this is not compared word by word. */
const MAX_WORD_DIFF_CHARACTERS = 20_000;
/** Words that may differ within a pair of lines. */
const MAX_WORD_EDITS = 100;
/** Pairs of lines, one after the other, that are compared word by word. */
const MAX_WORD_PAIRS = 100;

/** A piece of a line; `changed` where the line on the other side says something else. */
export interface LinePart {
  readonly text: string;
  readonly changed: boolean;
}

export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly parts: readonly LinePart[];
}

export interface DiffHunk {
  /** First line of the hunk in each text, counted from 1. */
  readonly before: number;
  readonly after: number;
  readonly lines: readonly DiffLine[];
}

/** How two texts differ, by lines and within them by words; or why that was not looked into. */
export type TextDiff =
  | { readonly kind: 'diff'; readonly hunks: readonly DiffHunk[]; readonly added: number; readonly removed: number }
  | { readonly kind: 'too_different'; readonly reason: string };

/** Compares two texts (Myers' algorithm, by jsdiff). Bounded in edits, so that the answer does not depend on the machine. */
export function textDiff(before: string, after: string): TextDiff {
  if (before.length + after.length > MAX_DIFF_CHARACTERS)
    return { kind: 'too_different', reason: `together they are longer than ${MAX_DIFF_CHARACTERS} characters` };
  // Without an end of their own, the last lines would differ by what follows them.
  const end = before.endsWith('\n') || after.endsWith('\n') ? '' : '\n';
  const patch = structuredPatch('', '', before + end, after + end, '', '', {
    context: CONTEXT_LINES,
    maxEditLength: MAX_EDITS,
  });
  if (patch === undefined) return { kind: 'too_different', reason: `more than ${MAX_EDITS} lines differ` };
  const hunks = patch.hunks.map(hunkOf);
  const count = (kind: DiffLine['kind']) =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.kind === kind).length, 0);
  return { kind: 'diff', hunks, added: count('added'), removed: count('removed') };
}

const KINDS: Readonly<Record<string, DiffLine['kind']>> = { ' ': 'same', '-': 'removed', '+': 'added' };

function hunkOf({ oldStart, newStart, lines }: StructuredPatchHunk): DiffHunk {
  const plain = lines.flatMap((line): DiffLine[] => {
    const kind = KINDS[line.slice(0, 1)];
    // What is left says that a text does not end with a line feed.
    return kind === undefined ? [] : [{ kind, parts: [{ text: line.slice(1), changed: false }] }];
  });
  return { before: oldStart, after: newStart, lines: withWords(plain) };
}

/** As many lines out as in, next to one another: each was rewritten, and its words are compared. */
function withWords(lines: readonly DiffLine[]): DiffLine[] {
  const done: DiffLine[] = [];
  for (let start = 0; start < lines.length; ) {
    const removed = runOf(lines, start, 'removed');
    const added = runOf(lines, start + removed.length, 'added');
    const taken = removed.length + added.length;
    if (taken === 0) done.push(...lines.slice(start, start + 1));
    else if (removed.length === added.length && removed.length <= MAX_WORD_PAIRS)
      done.push(...rewritten(removed, added));
    else done.push(...removed, ...added);
    start += Math.max(taken, 1);
  }
  return done;
}

function runOf(lines: readonly DiffLine[], start: number, kind: DiffLine['kind']): readonly DiffLine[] {
  const rest = lines.slice(start);
  const end = rest.findIndex((line) => line.kind !== kind);
  return end < 0 ? rest : rest.slice(0, end);
}

function rewritten(removed: readonly DiffLine[], added: readonly DiffLine[]): DiffLine[] {
  const pairs = removed.map((line, index) => wordParts(textOf(line), textOf(added[index])));
  return [
    ...pairs.map(({ before }): DiffLine => ({ kind: 'removed', parts: before })),
    ...pairs.map(({ after }): DiffLine => ({ kind: 'added', parts: after })),
  ];
}

function textOf(line: DiffLine | undefined): string {
  return line?.parts.map(({ text }) => text).join('') ?? '';
}

function wordParts(before: string, after: string): { before: LinePart[]; after: LinePart[] } {
  const isLong = before.length + after.length > MAX_WORD_DIFF_CHARACTERS;
  const changes = isLong ? undefined : diffWordsWithSpace(before, after, { maxEditLength: MAX_WORD_EDITS });
  if (changes === undefined)
    return { before: [{ text: before, changed: true }], after: [{ text: after, changed: true }] };
  const side = (skipped: 'added' | 'removed') =>
    changes
      .filter((change) => !change[skipped])
      .map(({ value, added, removed }) => ({ text: value, changed: added || removed }));
  return { before: side('added'), after: side('removed') };
}
