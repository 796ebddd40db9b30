import { isIP } from 'node:net';
import { endsWord, startsWord } from './boundaries.js';
import { eachMatch } from './each-match.js';
import type { Finder } from './finder.js';

const VERSION_4 = /\d{1,3}(?:\.\d{1,3}){3}/g;
const VERSION_6 = /[\da-f]{0,4}:[\da-f:]{1,37}:[\da-f]{0,4}(?:\.\d{1,3}){0,3}/gi;

/** IP addresses. Versions of four numbers look the same, so this is off unless it is asked for. */
export const ipAddress: Finder = {
  name: 'ip',
  find(text, report) {
    for (const form of [VERSION_4, VERSION_6]) {
      eachMatch(form, text, ({ 0: address, index }) => {
        const end = index + address.length;
        const isPartOfMore = /[.:]/.test(text.charAt(index - 1)) || /^[.:][\da-f]/i.test(text.slice(end, end + 2));
        if (!isPartOfMore && startsWord(text, index) && endsWord(text, end) && /\d/.test(address) && isIP(address) > 0)
          report(index, end, 'ip');
      });
    }
  },
};
