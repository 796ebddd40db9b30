/** Classes of a character, as the scanner needs them. */
export const SPACE = 0;
export const LOWER = 1;
/** Of ASCII, Latin-1, Greek and Cyrillic, whose small letters all lie this far after. */
export const UPPER = 2;
export const TO_LOWER = 32;
export const DIGIT = 3;
export const MARK = 4;
/** A letter of a script without case or outside ASCII, written in words between spaces. */
export const LETTER = 5;
/** A letter of a script written without spaces: each counts as a word. */
export const IDEOGRAPH = 6;
export const PICTOGRAPH = 7;

export const ASCII_LIMIT = 128;

const ASCII_CLASSES = Uint8Array.from({ length: ASCII_LIMIT }, (_, code) => {
  if (code <= 32 || code === 127) return SPACE;
  if (code >= 97 && code <= 122) return LOWER;
  if (code >= 65 && code <= 90) return UPPER;
  return code >= 48 && code <= 57 ? DIGIT : MARK;
});

export const SCRIPTS = [
  'latin',
  'cyrillic',
  'greek',
  'arabic',
  'hebrew',
  'indic',
  'thai',
  'kana',
  'hangul',
  'han',
  'other',
] as const;

/** First code unit, last code unit and index in {@link SCRIPTS}, in order of code units (Unicode 16 blocks, basic plane). */
const SCRIPT_RANGES: readonly (readonly [first: number, last: number, script: number])[] = [
  [0x00c0, 0x02af, 0],
  [0x0370, 0x03ff, 2],
  [0x0400, 0x052f, 1],
  [0x0590, 0x05ff, 4],
  [0x0600, 0x077f, 3],
  [0x0900, 0x0dff, 5],
  [0x0e00, 0x0e7f, 6],
  [0x1100, 0x11ff, 8],
  [0x1e00, 0x1eff, 0],
  [0x1f00, 0x1fff, 2],
  [0x3040, 0x30ff, 7],
  [0x3400, 0x4dbf, 9],
  [0x4e00, 0x9fff, 9],
  [0xac00, 0xd7af, 8],
];
const OTHER_SCRIPT = SCRIPTS.length - 1;

/** Index in {@link SCRIPTS} of a letter outside ASCII. */
export function scriptOf(code: number): number {
  for (const [first, last, script] of SCRIPT_RANGES) {
    if (code < first) break;
    if (code <= last) return script;
  }
  return OTHER_SCRIPT;
}

/** The class of a UTF-16 code unit. */
export function classOf(code: number): number {
  return code < ASCII_LIMIT ? (ASCII_CLASSES[code] ?? MARK) : classOutsideAscii(code);
}

function classOutsideAscii(code: number): number {
  if (code === 0xa0 || code === 0x3000 || (code >= 0x2000 && code <= 0x200f) || code === 0xfeff) return SPACE;
  if (code < 0xc0 || code === 0xd7 || code === 0xf7) return MARK;
  if (code <= 0xde || (code >= 0x391 && code <= 0x3a9) || (code >= 0x410 && code <= 0x42f)) return UPPER;
  if ((code >= 0x2010 && code <= 0x206f) || (code >= 0x3001 && code <= 0x303f)) return MARK;
  if (code >= 0x2070 && code <= 0x2bff) return code >= 0x2600 && code <= 0x27bf ? PICTOGRAPH : MARK;
  if (code >= 0xd83c && code <= 0xd83e) return PICTOGRAPH;
  if (code >= 0xdc00 && code <= 0xdfff) return SPACE;
  if (code >= 0xff00 && code <= 0xff0f) return MARK;
  if ((code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff)) return IDEOGRAPH;
  return LETTER;
}
