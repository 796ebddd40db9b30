import ajvFormats, { type FormatName } from 'ajv-formats';

/**
 * A pattern that every string of a format matches: with it a format can be compared with lengths and patterns. For the
 * other formats nothing is assumed.
 */
export const FORMAT_PATTERNS: Readonly<Record<string, string>> = {
  date: '^\\d{4}-\\d\\d-\\d\\d$',
  time: '^\\d\\d:\\d\\d:\\d\\d',
  'date-time': '^\\d{4}-\\d\\d-\\d\\d[tT\\s]\\d\\d:\\d\\d:\\d\\d',
  uuid: '^([uU][rR][nN]:[uU][uU][iI][dD]:)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
  ipv4: '^\\d{1,3}(\\.\\d{1,3}){3}$',
  email: '.@.',
};

/** Strings of each format, to build instances from. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  date: ['2026-01-31', '1999-12-01'],
  time: ['12:00:00Z', '23:59:59+01:00'],
  'date-time': ['2026-01-31T12:00:00Z', '1999-12-01T23:59:59.5+01:00'],
  'iso-time': ['12:00:00Z', '12:00:00'],
  'iso-date-time': ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00'],
  duration: ['P1D', 'PT1H', 'P1Y2M'],
  uri: ['https://example.com/a', 'urn:a:b', 'mailto:a@example.com'],
  'uri-reference': ['/a', 'https://example.com/a', 'a'],
  'uri-template': ['/a/{b}', 'https://example.com/{a}'],
  url: ['https://example.com/a'],
  email: ['a@example.com', 'b.c@example.org'],
  hostname: ['example.com', 'a'],
  ipv4: ['192.0.2.1', '10.0.0.1'],
  ipv6: ['2001:db8::1', '::1'],
  regex: ['^a$', 'b+'],
  uuid: ['123e4567-e89b-12d3-a456-426614174000', '00000000-0000-4000-8000-000000000000'],
  'json-pointer': ['', '/a/b'],
  'json-pointer-uri-fragment': ['#', '#/a'],
  'relative-json-pointer': ['0', '1/a'],
  byte: ['YQ==', 'YWJj'],
};

/** Strings that belong to few formats, to show what a format refuses. */
const PLAIN_SAMPLES = ['abc', '', 'a b', '1', '{', '\\', '%', '%%%', 'not a value of the format'];

/** Strings to try where formats must or must not be met. */
export function sampleStrings(formats: readonly string[]): readonly string[] {
  return [...new Set([...formats.flatMap((format) => SAMPLES[format] ?? []), ...PLAIN_SAMPLES])];
}

/** Is it a format of strings that is checked? Others are annotations: unknown ones, `password`, `binary`, and those of numbers. */
export function isCheckedFormat(format: string): format is FormatName {
  return Object.hasOwn(SAMPLES, format);
}

/** Does the text have the format, as ajv-formats has it? True for formats that are not known. */
export function hasFormat(text: string, format: string): boolean {
  if (!isCheckedFormat(format)) return true;
  const definition = ajvFormats.default.get(format);
  if (typeof definition === 'boolean') return definition;
  if (definition instanceof RegExp) {
    definition.lastIndex = 0;
    return definition.test(text);
  }
  if (typeof definition === 'function') return definition(text) === true;
  if (typeof definition !== 'object') return true;
  const { validate } = definition;
  if (typeof validate === 'function') return Reflect.apply(validate, undefined, [text]) === true;
  if (validate instanceof RegExp) {
    validate.lastIndex = 0;
    return validate.test(text);
  }
  return true;
}
