import { endsWord, startsWord } from './boundaries.js';
import { eachMatch } from './each-match.js';
import type { Finder } from './finder.js';

/** ISO/IEC 7812: lengths of primary account numbers. */
const MIN_DIGITS = 13;
const MAX_DIGITS = 19;

/** Not part of a longer number, nor the fraction of one (`0.4111…`). */
const UNBROKEN = new RegExp(`(?<!\\d\\.?)\\d{${MIN_DIGITS},${MAX_DIGITS}}(?!\\d)`, 'g');
/** Groups as they are embossed: four digits first, then groups of three to seven, one separator throughout. */
const GROUPED = /(?<!\d)\d{4}([ \u00a0.-])\d{3,7}(?:\1\d{3,7}){1,4}/g;

/** Payment card numbers, known by the check digit of ISO/IEC 7812-1 (Luhn). */
export const paymentCard: Finder = {
  name: 'card',
  find(text, report) {
    eachMatch(UNBROKEN, text, ({ 0: digits, index }) => {
      const end = index + digits.length;
      if (startsWord(text, index) && endsWord(text, end) && isCardNumber(digits)) report(index, end, 'card');
    });
    GROUPED.lastIndex = 0;
    for (let match = GROUPED.exec(text); match !== null; match = GROUPED.exec(text)) {
      const length = startsWord(text, match.index) ? cardLength(text, match.index, match[0]) : 0;
      if (length > 0) report(match.index, match.index + length, 'card');
      // A number may also begin with the next group.
      GROUPED.lastIndex = match.index + (length || GROUP_AND_SEPARATOR);
    }
  },
};

const GROUP_AND_SEPARATOR = 5;

/** Characters of the groups, from the first on, that make a card number; the most that do. 0 when none do. */
function cardLength(text: string, start: number, groups: string): number {
  const separator = groups.charAt(4);
  for (let length = groups.length; length > 0; length = groups.lastIndexOf(separator, length - 1)) {
    const digits = groups.slice(0, length).replaceAll(separator, '');
    if (endsWord(text, start + length) && isCardNumber(digits)) return length;
  }
  return 0;
}

/** No issuer has numbers that begin with 0, 1 or 20: these are times and padded counters. */
function isCardNumber(digits: string): boolean {
  return digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS && !/^(?:[01]|20)/.test(digits) && hasLuhn(digits);
}

function hasLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 0x30;
    const weighted = place % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
