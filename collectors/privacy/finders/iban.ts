import { endsWord, startsWord } from './boundaries.js';
import type { Finder } from './finder.js';

const CANDIDATE = /[A-Z]{2}\d{2}[ -]?[A-Z\d]{4}/gi;

/** Length by country, from the IBAN registry (SWIFT, release 99): `15NO` says that Norway's have 15 characters. */
const LENGTHS = new Map(
  [
    '15NO 16BE 18DK 18FI 18FK 18FO 18GL 18NL 18SD 19MK 19SI 20AT 20BA 20EE 20KZ 20LT 20LU 20MN 20XK 21CH 21HR 21LI 21LV',
    '22BG 22BH 22CR 22DE 22GB 22GE 22IE 22ME 22RS 23AE 23GI 23IL 23IQ 23OM 23SO 23TL 24AD 24CZ 24ES 24MD 24PK 24RO',
    '24SA 24SE 24SK 24TN 24VG 25LY 25PT 25ST 26IS 26TR 27BI 27DJ 27FR 27GR 27IT 27MC 27MR 27SM 28AL 28AZ 28BY 28CY',
    '28DO 28GT 28HN 28HU 28LB 28NI 28PL 28SV 29BR 29EG 29PS 29QA 29UA 30JO 30KW 30MU 30YE 31MT 31SC 32LC 33RU',
  ]
    .join(' ')
    .split(' ')
    .map((entry) => [entry.slice(2), Number(entry.slice(0, 2))] as const),
);

/** International bank account numbers, in one piece or in groups, known by their length and check digits (ISO 13616). */
export const iban: Finder = {
  name: 'iban',
  find(text, report) {
    CANDIDATE.lastIndex = 0;
    for (let match = CANDIDATE.exec(text); match !== null; match = CANDIDATE.exec(text)) {
      const start = match.index;
      const length = LENGTHS.get(match[0].slice(0, 2).toUpperCase());
      const end = length !== undefined && startsWord(text, start) ? endOf(text, start, length) : 0;
      if (end > 0) report(start, end, 'iban');
      CANDIDATE.lastIndex = end > 0 ? end : start + 1;
    }
  },
};

/** @returns where so many letters and digits end, single separators between them; 0 when they are no account number */
function endOf(text: string, start: number, length: number): number {
  const matched = /^[A-Z\d](?:[ -]?[A-Z\d])*/i.exec(text.slice(start, start + 2 * length))?.[0] ?? '';
  let end = 0;
  let code = '';
  for (; end < matched.length && code.length < length; end++) {
    const character = matched.charAt(end);
    if (character !== ' ' && character !== '-') code += character.toUpperCase();
  }
  return code.length === length && endsWord(text, start + end) && hasCheckDigits(code) ? start + end : 0;
}

/** ISO 7064, MOD 97-10, over the code with its first four characters moved to the end and letters as 10 to 35. */
function hasCheckDigits(code: string): boolean {
  let remainder = 0;
  for (const character of code.slice(4) + code.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
