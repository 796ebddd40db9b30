import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCompatibility } from '../../src/catalog/index.js';
import { asDocument, isAccepted, SMALL_VALUES, schemas, validatorOf } from './support/schemas.js';

const RUNS = 36;
const OPTIONS = { assumedDialect: '2020-12' } as const;

/** Schemas that ajv takes: a few that the generator makes are none, such as an `items` that contradicts itself. */
const documents = schemas.map(asDocument).filter((document) => validatorOf(document) !== null);

/** Every small instance of the one is one of the other, as far as ajv says. */
function expectIncluded(writer: unknown, reader: unknown): void {
  const [accepts, mustAccept] = [validatorOf(writer), validatorOf(reader)];
  const lost = SMALL_VALUES.find(
    (value) => isAccepted(accepts, value) === true && isAccepted(mustAccept, value) === false,
  );
  expect(lost === undefined ? null : { writer, reader, lost }).toBeNull();
}

describe('compatibility of random schemas', () => {
  it('is never claimed against an instance, and never denied without one', () => {
    const related = fc
      .tuple(documents, documents)
      .map(([one, other]) => [one, { ...Object(other), ...Object(one) }] as const);
    fc.assert(
      fc.property(fc.oneof(fc.tuple(documents, documents), related), ([writer, reader]) => {
        const answer = checkCompatibility(writer, reader, OPTIONS);
        if (answer.verdict === 'compatible') expectIncluded(writer, reader);
        if (answer.verdict !== 'incompatible') return;
        expect(isAccepted(validatorOf(writer), answer.instance)).toBe(true);
        expect(isAccepted(validatorOf(reader), answer.instance)).toBe(false);
      }),
      { numRuns: RUNS, seed: 1 },
    );
  });

  it('holds of a schema and itself, whatever it says besides', () => {
    fc.assert(
      fc.property(documents, (schema) => {
        const described = typeof schema === 'object' ? { ...schema, description: 'the same' } : schema;
        expect(checkCompatibility(schema, described, OPTIONS).verdict).toBe('compatible');
      }),
      { numRuns: RUNS, seed: 2 },
    );
  });

  it('holds of a schema and each that asks for less, and of an alternative and the choice', () => {
    fc.assert(
      fc.property(documents, documents, (one, other) => {
        const both = { allOf: [one, other], $defs: definitions };
        const either = { anyOf: [one, other], $defs: definitions };
        for (const [writer, reader] of [
          [both, one],
          [one, either],
          [both, either],
        ]) {
          expect(checkCompatibility(writer, reader, OPTIONS).verdict).not.toBe('incompatible');
        }
      }),
      { numRuns: RUNS / 3, seed: 3 },
    );
  });

  it('is passed on: from a first over a second to a third', () => {
    fc.assert(
      fc.property(documents, documents, documents, (first, second, third) => {
        const step = (writer: unknown, reader: unknown) => checkCompatibility(writer, reader, OPTIONS).verdict;
        if (step(first, second) !== 'compatible' || step(second, third) !== 'compatible') return;
        expect(step(first, third)).not.toBe('incompatible');
      }),
      { numRuns: RUNS / 2, seed: 4 },
    );
  });
});

const definitions = { ...Object(asDocument({})) }.$defs;
