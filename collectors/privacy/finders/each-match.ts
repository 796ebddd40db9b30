/** Calls back for every match of a global pattern, in order. Cheaper than `matchAll`, which copies the pattern each time. */
export function eachMatch(pattern: RegExp, text: string, take: (match: RegExpExecArray) => void): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) take(match);
}
