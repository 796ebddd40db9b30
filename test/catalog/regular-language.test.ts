import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegularLanguages } from '../../src/catalog/compatibility/regular-language/index.js';

const PATTERNS = [
  ...['', 'a', '^a', 'a$', '^a$', '^$', 'a|b', '^(a|b)+$', '^(?:ab)*$', '^[a-c]+$', '^[^a]$', '.', '^.{2,3}$', 'a{2}'],
  ...[
    '\\d',
    '^\\D+$',
    '\\w\\s',
    '^\\S*$',
    '[\\d\\-]',
    '\\.',
    '(^|,)a(,|$)',
    '^a?b+?c*$',
    '\\u0061',
    '\\x62',
    '[^]',
    'a^b',
    '$^',
  ],
  ...[
    '^(?<year>\\d+)-',
    '[.]',
    '\\/',
    '^[+-]?\\d+(\\.\\d+)?$',
    '[a\\]]',
    '^\\p{L}',
    '^(?!a)',
    '(a)\\1',
    '\\bb',
    '(^a)+',
  ],
];
const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '1', ',', '-', '.', ' ', '\n', ']', '/', '+', '😀'),
  maxLength: 5,
});
const NO_LIMITS = { minLength: 0, maxLength: Number.POSITIVE_INFINITY, excluded: [] };

describe('regular languages', () => {
  it('match what the regular expressions of the language match', () => {
    const languages = new RegularLanguages();
    fc.assert(
      fc.property(fc.constantFrom(...PATTERNS), texts, (pattern, text) => {
        const matches = languages.matches(pattern, text);
        if (matches !== undefined) expect(matches).toBe(new RegExp(pattern, 'u').test(text));
      }),
      { numRuns: 3_000, seed: 1 },
    );
  });

  it('leave alone what is not regular, or not read', () => {
    const languages = new RegularLanguages();
    const unread = PATTERNS.filter((pattern) => !languages.reads(pattern));
    expect(unread).toEqual(['$^', '^\\p{L}', '^(?!a)', '(a)\\1', '\\bb', '(^a)+']);
    expect(languages.find({ matching: ['(?=a)'], avoiding: [], ...NO_LIMITS }, 1)).toEqual({ kind: 'unknown' });
  });

  it('find the shortest strings that match some patterns and not others', () => {
    const languages = new RegularLanguages();
    const find = (matching: string[], avoiding: string[], more = {}) =>
      languages.find({ matching, avoiding, ...NO_LIMITS, ...more }, 1);
    expect(find(['^a+$'], ['^a{0,2}$'])).toEqual({ kind: 'some', strings: ['aaa'] });
    expect(find(['^[a-c]+$'], ['^[abc]*$'])).toEqual({ kind: 'none' });
    expect(find(['[a-z]*'], [])).toEqual({ kind: 'some', strings: [''] });
    expect(find([], ['[a-z]*'])).toEqual({ kind: 'none' });
    expect(find(['^(a|b)$'], [], { excluded: ['a', 'b'] })).toEqual({ kind: 'none' });
    expect(find(['^a'], [], { minLength: 3, maxLength: 3, excluded: ['aaa'] })).toMatchObject({ kind: 'some' });
    expect(find(['^.*b$', '^a'], [], { maxLength: 1 })).toEqual({ kind: 'none' });
  });
});
