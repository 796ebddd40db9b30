import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../collectors/privacy/redactor.js';
import type { RedactionDetector } from '../../../src/model/index.js';

const DETECTORS: readonly RedactionDetector[] = ['email', 'card', 'iban', 'phone', 'secret'];

function redactorOf(
  patterns: readonly { readonly name: string; readonly pattern: string }[] = [],
  detectors: readonly RedactionDetector[] = DETECTORS,
) {
  return createRedactor({ detectors, patterns, userSalt: 'salt' });
}

const { text, name, id } = redactorOf();

describe('redaction says what it took out', () => {
  it.each([
    ['Write to bob.smith+ads@mail.example.co.uk, please.', 'Write to [redacted:email], please.'],
    ["<o'brien@example.ie>; müller@bücher.de", '<[redacted:email]>; [redacted:email]'],
    ['GET /search?q=bob%40example.com&n=1', 'GET /search?q=[redacted:email]&n=1'],
    ['联系bob@example.com谢谢', '联系[redacted:email]谢谢'],
    ['card 4111 1111 1111 1111 123, 12/29', 'card [redacted:card] 123, 12/29'],
    ['5500-0000-0000-0004 or 378282246310005.', '[redacted:card] or [redacted:card].'],
    ['AmEx 3782 822463 10005, Visa 4222222222222', 'AmEx [redacted:card], Visa [redacted:card]'],
    ['IBAN DE89 3704 0044 0532 0130 00 bitte', 'IBAN [redacted:iban] bitte'],
    ['gb29nwbk60161331926819', '[redacted:iban]'],
    ['NO93-8601-1117-947', '[redacted:iban]'],
    ['+49 (0)30 1234567, +14155552671', '[redacted:phone], [redacted:phone]'],
    ['call (415) 555-2671 or 1-415-555-2671!', 'call [redacted:phone] or [redacted:phone]!'],
    ['Tel: 030 12345678; 06 12 34 56 78; 020 7946 0958', 'Tel: [redacted:phone]; [redacted:phone]; [redacted:phone]'],
    ['+49 30 1234567 3rd floor, 415-555-2671 2nd', '[redacted:phone] 3rd floor, [redacted:phone] 2nd'],
    ['+1 415 555 2671 2024 11 20', '[redacted:phone] 11 20'],
    ['0049 30 1234567 (office)', '[redacted:phone] (office)'],
    ['use sk-proj-aB3dEfGh1jKlMnOpQrSt.', 'use [redacted:api-key].'],
    ['ghp_0123456789abcdefghijABCDEFGHIJ012345', '[redacted:api-key]'],
    ['xoxb-123456789012-abcdefABCDEF', '[redacted:api-key]'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted:api-key]'],
    ['AIzaSyA1234567890abcdefghijklmnopqrstuv', '[redacted:api-key]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl ok', '[redacted:jwt] ok'],
    ['Authorization: Bearer abcdef0123456789abcdef==', 'Authorization: Bearer [redacted:token]'],
    ['?token=9f86d081884c7d659a2feaa0c55ad015&x=1', '?token=[redacted:token]&x=1'],
    ['password: hunter2!', 'password: [redacted:password]'],
    ['postgres://app:s3cret@db.internal/main', 'postgres://app:[redacted:password]/main'],
    [
      'key\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpA+/=\n-----END RSA PRIVATE KEY-----\nend 1',
      'key\n[redacted:private-key]\nend 1',
    ],
    ['-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA3cut o', '[redacted:private-key]'],
  ])('%j', (given, expected) => {
    expect(text(given)).toBe(expected);
  });

  it.each([
    'The order 4512345 of 2024-11-20T10:00:00.123+01:00 came to $1,129.50.',
    '2024-11-20 10:00:00 - 2024-11-21 10:00:00, week 47',
    'span 0af7651916cd43dd8448eb211c80319c of 550e8400-e29b-41d4-a716-446655440000',
    'at 1732096800, 1732096800123, 1732096800123456 and 1732096800123456789',
    '20241120100000 00000001234567 v1.2.3.4 0.4111111111111111',
    'years 2021 2022 2023 2024; table 100 200 300 400 500',
    'max_tokens: 4096, key=value, token count=1234567890, secret sauce: three-parts-butter',
    'import { x } from "@scope/package"; react@18.2.0; a@b; user@localhost',
    'The password must have 8 characters. Bearer of bad news. sk-learn-tutorial-for-beginners',
    'pwd=/home/user1/work 1 + 2 = 3 C++11 +1 555',
  ])('leaves alone %j', (given) => {
    expect(text(given)).toBe(given);
  });

  it('looks for IP addresses only where it is told to', () => {
    const given = 'from 10.1.2.3 and 2001:db8::8a2e:370:7334 at 10:20:30';
    expect(text(given)).toBe(given);
    expect(redactorOf([], [...DETECTORS, 'ip']).text(given)).toBe('from [redacted:ip] and [redacted:ip] at 10:20:30');
    expect(redactorOf([], ['email']).text('4111111111111111 a@b.co')).toBe('4111111111111111 [redacted:email]');
  });

  it('keeps ids apart that hold an e-mail address, and other ids as they are', () => {
    expect(id('4111111111111111')).toBe('4111111111111111');
    const [alice, bob] = [id('alice@example.com'), id('bob@example.com')];
    expect(alice).toMatch(/^\[redacted:id-[0-9a-f]{16}\]$/);
    expect(alice).not.toBe(bob);
    expect(id(alice)).toBe(alice);
    expect(name('chat for bob@example.com 4111111111111111')).toBe('chat for [redacted:email] 4111111111111111');
  });
});

describe('redaction of JSON', () => {
  const secrets = ['bob@example.com', '4111111111111111', 'DE89370400440532013000', '+49 30 1234567'];

  it.each([
    [
      'a number',
      '{"card": 4111111111111111, "n":[4111111111111111,1]}',
      '{"card": "[redacted:card]", "n":["[redacted:card]",1]}',
    ],
    [
      'right behind an escape',
      '{"a":"x\\nbob@example.com\\t4111111111111111"}',
      '{"a":"x\\n[redacted:email]\\t[redacted:card]"}',
    ],
    ['spelled in escapes', '{"a":"bob\\u0040example.com"}', '{"a":"[redacted:email]"}'],
    [
      'by the name before it',
      '{"api_key":"9f86d081884c7d659a2f","max_tokens":4096}',
      '{"api_key":"[redacted:token]","max_tokens":4096}',
    ],
    [
      'all else byte for byte',
      '{ "n": 12345678901234567890, "n": 1e400, "m": "a@b.co" }',
      '{ "n": 12345678901234567890, "n": 1e400, "m": "[redacted:email]" }',
    ],
    [
      'cut off by an SDK',
      '[{"content":"\\nbob@example.com, bob\\u0040example.com',
      '[{"content":"\\n[redacted:email], [redacted:email]',
    ],
  ])('%s', (_, given, expected) => {
    expect(text(given)).toBe(expected);
  });

  it('gives JSON of the same structure, however deep the JSON in it is wrapped', () => {
    const leaf = fc.oneof(
      fc.constantFrom(...secrets, 'plain', 'a "quoted" \\ line\n', 'é🧭'),
      fc.tuple(fc.string(), fc.constantFrom(...secrets), fc.string()).map((parts) => parts.join(' ')),
      fc.constantFrom(4111111111111111, 1, -2.5, true, null),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 5 }), tie('tree'), { maxKeys: 3 }),
        tie('tree').map((inner) => JSON.stringify(inner)),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const given = JSON.stringify([value]);
        const redacted = text(given);
        expect(shapeOf(JSON.parse(redacted))).toBe(shapeOf(JSON.parse(given)));
        for (const secret of secrets) expect(redacted).not.toContain(secret);
        expect(text(redacted)).toBe(redacted);
      }),
      { numRuns: 300 },
    );
  });
});

/** Arrays, objects and JSON inside strings; what leaves hold does not matter, nor does what members are called. */
function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shapeOf).join()}]`;
  if (typeof value === 'object' && value !== null) return `{${Object.values(value).map(shapeOf).join()}}`;
  if (typeof value !== 'string' || !/^[[{"]/.test(value)) return '.';
  try {
    const inner = shapeOf(JSON.parse(value));
    return inner === '.' ? '.' : `"${inner}"`;
  } catch {
    return '.';
  }
}

describe('own patterns', () => {
  const own = redactorOf([
    { name: 'customer', pattern: '(?i)C-\\d{6}' },
    { name: 'everything-after', pattern: 'SECRET.*' },
  ]);

  it('take out what they match, under their name, and nothing of what others took out', () => {
    expect(own.text('c-123456 wrote')).toBe('[redacted:customer] wrote');
    expect(own.text('SECRET of bob@example.com, C-123456')).toBe('[redacted:everything-after]');
    expect(own.text('SECRET [redacted:email] x')).toBe(
      '[redacted:everything-after][redacted:email][redacted:everything-after]',
    );
    expect(own.text('{"a":"SECRET\\"s","b":["C-123456"]}')).toBe(
      '{"a":"[redacted:everything-after]","b":["[redacted:customer]"]}',
    );
  });

  it('that RE2 cannot run are refused with their name', () => {
    expect(() => redactorOf([{ name: 'look', pattern: '(?<=a)b(?=c)\\1' }])).toThrow(/redaction\.patterns: look/);
  });

  it('are not searched for in texts beyond the limit: these are withheld', () => {
    expect(own.text('x'.repeat(300_000))).toBe('[redacted:too-long]');
  });
});

describe('properties', () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
  const around = fc.constantFrom(
    ['', ''],
    ['card ', ' please'],
    ['(', ')'],
    ['"', '"'],
    ['no. ', '.'],
    ['é', ', 12/29'],
    ['\\n', '\\n'],
  );

  it('a card number is found in any prose and any grouping', () => {
    const card = fc
      .tuple(
        fc.integer({ min: 12, max: 18 }),
        fc.constantFrom('3', '4', '5', '6', '81', '9792', '2221'),
        fc.infiniteStream(fc.nat(9)),
      )
      .map(([length, issuer, stream]) => withLuhn((issuer + [...stream.take(20)].join('')).slice(0, length)));
    fc.assert(
      fc.property(card, around, fc.constantFrom('', ' ', '-'), (number, [before = '', after = ''], separator) => {
        const grouped = separator === '' ? number : grouping(number).join(separator);
        expect(text(`${before}${grouped}${after}`)).not.toContain(grouped.slice(-8));
      }),
      { numRuns: 500 },
    );
  });

  it('an IBAN is found in any prose and any grouping', () => {
    const countries = { DE: 18, NL: 14, NO: 11, FR: 23, MT: 27, GB: 18, CH: 17 } as const;
    const account = fc.constantFrom(...Object.entries(countries)).chain(([country, length]) =>
      digits(length).map((own) => {
        const remainder = BigInt(`${own}${[...country].map((letter) => letter.charCodeAt(0) - 55).join('')}00`) % 97n;
        return `${country}${String(98n - remainder).padStart(2, '0')}${own}`;
      }),
    );
    fc.assert(
      fc.property(
        account,
        around,
        fc.constantFrom('', ' ', '-'),
        fc.boolean(),
        (code, [before = '', after = ''], separator, lower) => {
          const grouped = (code.match(/.{1,4}/g) ?? []).join(separator);
          const given = `${before}${lower ? grouped.toLowerCase() : grouped}${after}`;
          expect(text(given)).toBe(`${before}[redacted:iban]${after}`);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('random ids and numbers are mostly left alone', () => {
    const share = (arbitrary: fc.Arbitrary<string>): number => {
      const sample = fc.sample(arbitrary, { numRuns: 500, seed: 7 });
      return sample.filter((one) => text(`id ${one} of`) !== `id ${one} of`).length / sample.length;
    };
    expect(share(digits(16))).toBeLessThan(0.13); // One in ten has the check digit of a card by chance.
    expect(share(digits(10))).toBe(0);
    expect(share(digits(12))).toBe(0);
    expect(share(fc.bigInt({ min: 1_700_000_000_000n, max: 1_999_999_999_999n }).map(String))).toBe(0);
    expect(share(fc.uuid())).toBe(0);
    expect(share(fc.stringMatching(/^[0-9a-f]{32}$/))).toBe(0);
    expect(share(fc.stringMatching(/^[0-9a-f]{16}$/))).toBeLessThan(0.01);
    expect(share(fc.stringMatching(/^[A-Za-z0-9+/]{40}$/))).toBeLessThan(0.01);
    expect(
      share(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString())),
    ).toBe(0);
  });

  it('redacting twice changes nothing more, and nothing grows without bound', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'bob@example.com',
        '4111 1111 1111 1111',
        '+49 30 1234567',
        'sk-abcdefgh12345678',
        'token=',
        '"',
        '\\',
        '\n',
        '{',
        '[redacted:',
        ']',
      ),
      fc.constantFrom(
        'password: a1b2',
        'eyJhbGciOi.eyJzdWIi.x',
        'Bearer ',
        'DE89370400440532013000',
        '0',
        '-',
        ' ',
        '@',
        '.co',
        'x',
      ),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const once = text(pieces.join(''));
        expect(text(once)).toBe(once);
        expect(once.length).toBeLessThanOrEqual(4 * pieces.join('').length + 32);
      }),
      { numRuns: 300 },
    );
  });

  it('takes linear time for what is made to take long', () => {
    const hostile = [
      '@',
      'a@',
      '1',
      '1 ',
      '4111-',
      '+1',
      'eyJ',
      'eyJ-',
      'sk-',
      'token=',
      '":"',
      '\\',
      '-----BEGIN PRIVATE KEY-----',
      ':// :',
      'DE89 ',
      '0/0',
      'pwd=',
      '(0',
      '::1',
      '1.',
      'a.b@c.',
    ];
    const limited = redactorOf([], [...DETECTORS, 'ip']);
    for (const piece of hostile) {
      const given = piece.repeat(Math.ceil(200_000 / piece.length));
      // What is quadratic takes minutes, and the test its time limit.
      expect(limited.text(given).length).toBeGreaterThan(0);
      expect(limited.text(`["${given.replaceAll(/["\\]/g, '')}"]`).length).toBeGreaterThan(0);
    }
  });
});

function withLuhn(partial: string): string {
  let sum = 0;
  for (const [place, digit] of [...partial].reverse().entries()) {
    const weighted = place % 2 === 0 ? Number(digit) * 2 : Number(digit);
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return `${partial}${(10 - (sum % 10)) % 10}`;
}

/** Four digits, then fours; a last group of fewer than three goes with the one before. */
function grouping(number: string): string[] {
  const groups = number.match(/\d{1,4}/g) ?? [];
  const last = groups.at(-1) ?? '';
  if (last.length >= 3) return groups;
  return [...groups.slice(0, -2), (groups.at(-2) ?? '') + last];
}
