import { readLine } from './read-line.js';
import { readProse } from './read-prose.js';
import { TextCounts } from './text-counts.js';

/** Longer texts are described by their beginning and their length: a fingerprint costs a bounded time. */
export const MAX_READ_CHARACTERS = 32_768;

/** Counts everything a fingerprint needs, in one pass over the text (of which only the length counts beyond the limit). */
export function readText(whole: string): TextCounts {
  const text = whole.length > MAX_READ_CHARACTERS ? whole.slice(0, MAX_READ_CHARACTERS) : whole;
  const counts = new TextCounts();
  counts.characters = whole.length;
  counts.readCharacters = text.length;
  let inCode = false;
  let inParagraph = false;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const kind = readLine(counts, text, start, end, inCode);
    if (kind === 'text' && !inCode) readProse(counts, text, start, end);
    if (kind === 'fence') inCode = !inCode;
    if (kind === 'blank') inParagraph = inCode && inParagraph;
    else if (!inParagraph) {
      inParagraph = true;
      counts.paragraphs++;
    }
    start = end + 1;
  }
  return counts;
}
