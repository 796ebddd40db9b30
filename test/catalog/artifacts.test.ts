import { describe, expect, it } from 'vitest';
import { structuralDiff, textDiff } from '../../src/catalog/index.js';

const numbered = (count: number, of: string) => Array.from({ length: count }, (_, line) => `${of} ${line}`).join('\n');

describe('the difference of two texts', () => {
  it('of equal texts is empty, whether they end with a line feed or not', () => {
    expect(textDiff('a\nb', 'a\nb')).toEqual({ kind: 'diff', hunks: [], added: 0, removed: 0 });
    expect(textDiff('', '')).toMatchObject({ hunks: [] });
    expect(textDiff('a', 'a\nb')).toMatchObject({ added: 1, removed: 0 });
  });

  it('shows three lines around each change and counts lines from 1', () => {
    const before = numbered(40, 'line');
    const diff = textDiff(before, before.replace('line 20', 'line twenty'));
    expect(diff).toMatchObject({ added: 1, removed: 1, hunks: [{ before: 18, after: 18 }] });
    expect(diff.kind === 'diff' && diff.hunks[0]?.lines.length).toBe(8);
  });

  it('is given up where too much differs, with the reason', () => {
    expect(textDiff(numbered(3_000, 'a'), numbered(3_000, 'b'))).toMatchObject({ kind: 'too_different' });
    expect(textDiff('x'.repeat(2_000_001), '')).toMatchObject({ reason: expect.stringContaining('2000000') });
  });
});

describe('the difference of two structures', () => {
  it('of a schema tells fields, what is required, types and values by their place', () => {
    const before = {
      type: 'object',
      properties: { a: { type: 'string' }, list: { type: 'array', items: { enum: [1] } }, gone: {} },
      required: ['a'],
    };
    const after = {
      ...before,
      properties: { a: { type: 'integer' }, list: { type: 'array', items: { enum: [1, 2] } } },
      required: ['list'],
      additionalProperties: false,
    };
    expect(structuralDiff('output_schema', before, after).changes).toEqual([
      { kind: 'added', thing: 'keyword', where: 'additionalProperties', before: null, after: false },
      { kind: 'changed', thing: 'type', where: 'a', before: 'string', after: 'integer' },
      { kind: 'removed', thing: 'field', where: 'gone', before: {}, after: null },
      { kind: 'changed', thing: 'values', where: 'list[].enum', before: [1], after: [1, 2] },
      { kind: 'changed', thing: 'required', where: 'a', before: true, after: false },
      { kind: 'changed', thing: 'required', where: 'list', before: false, after: true },
    ]);
    expect(structuralDiff('output_schema', before, before)).toEqual({ changes: [], complete: true });
  });

  it('does not fall for names of the prototype, and stops at 200 changes', () => {
    const properties = (count: number) =>
      JSON.parse(`{"__proto__": {}, ${Array.from({ length: count }, (_, i) => `"p${i}": {}`).join(', ')}}`);
    const diff = structuralDiff('output_schema', { properties: {} }, { properties: properties(300) });
    expect([diff.changes.length, diff.complete]).toEqual([200, false]);
    expect(diff.changes[0]).toMatchObject({ kind: 'added', where: '__proto__' });
    expect(structuralDiff('tools', 'not a list', [{ name: 'constructor' }]).changes).toMatchObject([
      { kind: 'added', thing: 'tool', where: 'constructor' },
    ]);
  });
});
