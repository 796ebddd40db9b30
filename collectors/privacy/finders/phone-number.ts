import { endsWord, startsWord } from './boundaries.js';
import { eachMatch } from './each-match.js';
import type { Finder } from './finder.js';

/** ITU-T E.164 allows 15; fewer than these are more often something else. */
const MAX_DIGITS = 15;
const MIN_DIGITS = 10;
const MIN_DIGITS_AFTER_PLUS = 8;

/** `+49 (0)30 1234567`: the plus says what it is. */
const AFTER_PLUS = /\+[1-9](?:[ \u00a0./-]{0,2}(?:\(\d{1,4}\)|\d)){4,14}(?!\w)/g;

/** Without it, only what is written as telephone numbers are: in groups, as usual somewhere. */
const GROUPED = [
  // North America: (415) 555-2671, 415-555-2671, 1-415-555-2671
  /(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}/g,
  // With the trunk prefix 0: 030 1234567, 0171-2345678, 020 7946 0958, 03-1234-5678
  /\(?0[1-9]\d{0,3}\)?[ /-]{1,3}\d{3,8}(?:[ -]\d{2,5}){0,2}/g,
  // France and its neighbours: 06 12 34 56 78
  /0[1-9](?:[ .-]\d{2}){4}/g,
  // With the international prefix 00: 0049 30 1234567
  /00[1-9]\d{0,2}(?:[ /-]{1,3}\d{1,8}){2,5}/g,
] as const;

/** Telephone numbers, where their form says so; runs of digits alone are as likely to be ids. */
export const phoneNumber: Finder = {
  name: 'phone',
  find(text, report) {
    if (text.includes('+')) {
      eachMatch(AFTER_PLUS, text, ({ 0: number, index }) => {
        const end = index + number.length;
        const isStart = text.charAt(index - 1) !== '+' && startsWord(text, index);
        if (isStart && hasDigits(number, MIN_DIGITS_AFTER_PLUS)) report(index, end, 'phone');
      });
    }
    for (const form of GROUPED) {
      eachMatch(form, text, ({ 0: number, index }) => {
        const end = index + number.length;
        if (standsAlone(text, index, end) && hasDigits(number, MIN_DIGITS)) report(index, end, 'phone');
      });
    }
  },
};

function hasDigits(number: string, atLeast: number): boolean {
  const digits = number.replace(/\D/g, '').length;
  return digits >= atLeast && digits <= MAX_DIGITS;
}

/** Not within an id, a version, a date or, where it has nothing but spaces in it, a row of numbers. */
function standsAlone(text: string, start: number, end: number): boolean {
  if (!startsWord(text, start) || !endsWord(text, end) || /[-/]/.test(text.charAt(start - 1))) return false;
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 2);
  const hasSpacesOnly = /^[\d ]+$/.test(text.slice(start, end));
  if (hasSpacesOnly && (/\d[ ,]$/.test(before) || /^[ ,]\d/.test(after))) return false;
  return !/\d[.:]$/.test(before) && !/^[.:/-]\d/.test(after);
}
