import type { Report } from './finders/finder.js';

/** What stands in a text where something was taken out. */
export function placeholder(label: string): string {
  return `[redacted:${label}]`;
}

const PLACEHOLDER = /\[redacted:[a-z0-9_-]{1,64}\]/g;

interface Match {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** The text with a placeholder for everything found; the same text when nothing was. Placeholders are left alone. */
export function replaceMatches(text: string, find: (text: string, report: Report) => void): string {
  let found: Match[] | null = null;
  find(text, (start, end, label) => {
    found ??= [];
    found.push({ start, end, label });
  });
  return found === null ? text : replace(text, outside(text, found));
}

/** The parts of matches that are not placeholders already. */
function outside(text: string, matches: readonly Match[]): Match[] {
  const placeholders = [...text.matchAll(PLACEHOLDER)].map(
    ({ 0: match, index }) => [index, index + match.length] as const,
  );
  const ordered = merged(matches);
  if (placeholders.length === 0) return ordered;
  const parts: Match[] = [];
  let next = 0;
  for (const match of ordered) {
    let start = match.start;
    while ((placeholders[next]?.[1] ?? Number.POSITIVE_INFINITY) <= start) next++;
    for (let at = next; (placeholders[at]?.[0] ?? Number.POSITIVE_INFINITY) < match.end; at++) {
      const [from = 0, to = 0] = placeholders[at] ?? [];
      if (from > start) parts.push({ ...match, start, end: from });
      start = Math.max(start, to);
    }
    if (start < match.end) parts.push({ ...match, start });
  }
  return parts;
}

/** Matches in order, those that overlap as one, called as the first of them. */
function merged(matches: readonly Match[]): Match[] {
  const result: Match[] = [];
  for (const match of [...matches].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || match.start >= last.end) result.push(match);
    else if (match.end > last.end) result[result.length - 1] = { ...last, end: match.end };
  }
  return result;
}

function replace(text: string, matches: readonly Match[]): string {
  let result = '';
  let done = 0;
  for (const { start, end, label } of matches) {
    result += text.slice(done, start) + placeholder(label);
    done = end;
  }
  return result + text.slice(done);
}
