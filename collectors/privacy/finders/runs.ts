/** Which of the first 128 characters keys and tokens are made of. */
const OF_KEYS = Uint8Array.from({ length: 128 }, (_, code) => (/[\w.~+/-]/.test(String.fromCharCode(code)) ? 1 : 0));

/** Calls back for every run of at least so many characters that keys and tokens are made of: words are seldom that long. */
export function eachRun(text: string, atLeast: number, take: (start: number, end: number) => void): void {
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 128 && OF_KEYS[code] === 1) continue;
    if (index - start >= atLeast) take(start, index);
    start = index + 1;
  }
  if (text.length - start >= atLeast) take(start, text.length);
}
