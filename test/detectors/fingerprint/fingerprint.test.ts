import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FAMILIES,
  FEATURES,
  FINGERPRINT_VERSION,
  fingerprintOf,
  MAX_READ_CHARACTERS,
  readableValue,
  sharedFeatures,
} from '../../../detectors/fingerprint/index.js';

/** Features by name, in their readable unit. */
function read(text: string): (name: string) => number {
  const fingerprint = fingerprintOf(text);
  return (name) => {
    const index = FEATURES.findIndex((feature) => feature.name === name);
    const feature = FEATURES[index];
    if (feature === undefined) throw new Error(`no feature ${name}`);
    return readableValue(feature, fingerprint[index] ?? Number.NaN);
  };
}

const MARKDOWN = [
  'Sure! Here are the steps:',
  '',
  '## Preparation',
  '',
  '1. **Wash** the apples: all of them.',
  '2. **Peel** them (see [here](https://example.org)).',
  '- a bullet',
  '',
  '| kind | sugar |',
  '| --- | --- |',
  '> quoted',
  '---',
  '```python',
  'print("Sure? Sure!")  # - not a bullet',
  '```',
  'Use `cut` and  `dice`. ',
  'Let me know if you need more!',
].join('\n');

describe('a fingerprint', () => {
  test('has one finite number a feature, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 400 })), (text) => {
        const fingerprint = fingerprintOf(text);
        expect(fingerprint).toHaveLength(FEATURES.length);
        expect([...fingerprint].every(Number.isFinite)).toBe(true);
      }),
    );
    expect([...fingerprintOf('')].every(Number.isFinite)).toBe(true);
  });

  test('has features of every family, with names that are used once', () => {
    expect(FEATURES.length).toBeGreaterThanOrEqual(24);
    expect(new Set(FEATURES.map(({ name }) => name)).size).toBe(FEATURES.length);
    expect(new Set(FEATURES.map(({ family }) => family))).toEqual(new Set(FAMILIES));
  });

  test('counts length', () => {
    const value = read('One two three. Four five!\nSix?\n\nSeven eight nine ten.');
    expect(value('characters')).toBeCloseTo(53, 0);
    expect(value('words')).toBeCloseTo(10, 1);
    expect(value('sentences')).toBeCloseTo(4, 1);
    expect(value('lines')).toBeCloseTo(4, 1);
    expect(value('paragraphs')).toBeCloseTo(2, 2);
    expect(value('firstSentence')).toBeCloseTo(3, 1);
    expect(value('longestSentence')).toBeCloseTo(4, 1);
    expect(value('sentenceWords')).toBeCloseTo(2.5, 2);
    expect(value('questions')).toBeCloseTo(1, 2);
    expect(value('exclamations')).toBeCloseTo(1, 2);
  });

  test('reads Markdown as a reader would, and code not as prose', () => {
    const value = read(MARKDOWN);
    const expected = {
      headings: 1,
      numbered: 2,
      bullets: 1,
      boldSpans: 2,
      boldLeads: 2,
      labelledItems: 1,
      links: 1,
      tableRows: 2,
      quoteLines: 1,
      rules: 1,
      codeBlocks: 2,
      inlineCode: 2,
      colonLines: 1,
      doubleSpaces: 1,
      questions: 0,
      exclamations: 2,
    };
    for (const [name, count] of Object.entries(expected))
      expect([name, value(name)]).toEqual([name, expect.closeTo(count, 2)]);
    expect(value('code')).toBeGreaterThan(0.05);
    expect(value('trailingSpaces')).toBeGreaterThan(0);
  });

  test('knows how a text opens and closes', () => {
    const value = read(MARKDOWN);
    expect(value('agreementOpening')).toBe(1);
    expect(value('openingExclaims')).toBe(1);
    expect(value('offerClosing')).toBe(1);
    expect(value('endsExclaiming')).toBe(1);
    expect(value('refusalOpening')).toBe(0);
    const refusal = read('I’m sorry, but I can’t help with that.');
    expect(refusal('refusalOpening')).toBe(1);
    expect(refusal('apologyOpening')).toBe(1);
    expect(refusal('firstIsI')).toBe(1);
    const flattery = read('What a great question! Overall, apples float');
    expect(flattery('flatteryOpening')).toBe(1);
    expect(flattery('summaryClosing')).toBe(1);
    expect(flattery('endsUnpunctuated')).toBe(1);
    expect(read(' \n answer\n')('leadingSpace')).toBe(1);
    expect(read('answer\n')('finalSpace')).toBe(1);
  });

  test.each([
    ['de', 'Natürlich! Hier ist die Antwort, und sie ist nicht schwer für dich. Ich hoffe, das hilft.'],
    ['fr', "Bien sûr ! Voici la réponse, et elle n'est pas difficile pour vous. J'espère que cela vous aide."],
    ['es', '¡Claro! Aquí está la respuesta, y no es difícil para ti. Espero que te sirva de ayuda.'],
    ['pt', 'Claro! Aqui está a resposta, e não é difícil para você. Espero que ajude.'],
    ['it', 'Certo! Ecco la risposta, e non è difficile per te. Spero che ti aiuti.'],
    ['ru', 'Конечно! Вот ответ, и он не сложный для вас. Надеюсь, это поможет.'],
    ['zh', '当然！以下是答案，对你来说不难。希望对您有帮助。'],
    ['ja', 'もちろんです！これが答えで、あなたには難しくないです。お気軽にご質問ください。'],
  ])('uses the words of the language a text is written in: %s', (language, text) => {
    const value = read(text);
    expect(value(`functionWords:${language}`)).toBeGreaterThan(value('functionWords:en'));
    expect(value('agreementOpening')).toBe(1);
    expect(value('offerClosing')).toBe(1);
    if (language !== 'ja') expect(value('negationWords')).toBeGreaterThan(0);
  });

  test('takes one word that two languages share for English', () => {
    expect(read('[No]')('functionWords:es')).toBe(0);
    expect(read('[No]')('negationWords')).toBe(100);
  });

  test('tells tone by words, whatever their case or apostrophe', () => {
    const value = read("PERHAPS you're right; perhaps I shouldn’t apologise");
    expect(value('words')).toBeCloseTo(7, 1);
    expect(value('hedgeWords')).toBeCloseTo(200 / 7, 0);
    expect(value('secondPersonWords')).toBeCloseTo(100 / 7, 0);
    expect(value('negationWords')).toBeCloseTo(100 / 7, 0);
    expect(value('apologyWords')).toBeCloseTo(100 / 7, 0);
    expect(value('contractions')).toBeCloseTo(200 / 7, 0);
    expect(value('allCapitals')).toBeCloseTo(100 / 7, 0);
  });

  test('knows capitals of other alphabets', () => {
    const value = read('Возможно. Élégant. И это не ВОЗМОЖНО');
    expect(value('words')).toBeCloseTo(6, 1);
    expect(value('capitalised')).toBeCloseTo(400 / 6, 0);
    expect(value('hedgeWords')).toBeCloseTo(200 / 6, 0);
    expect(value('allCapitals')).toBeCloseTo(100 / 6, 0);
  });

  test('shows letters of a foreign script amid a text', () => {
    const clean = read('The answer is forty two, as everybody knows.');
    const corrupted = read('The answer is สวัสดี forty two, as everybody 知道 knows.');
    expect(clean('otherScript')).toBe(0);
    expect(corrupted('otherScript')).toBeGreaterThan(0.1);
    expect(corrupted('nonLatin')).toBeCloseTo(corrupted('otherScript'), 3);
    expect(read('Ответ: сорок два')('otherScript')).toBe(0);
  });

  test('reads the beginning of a very long text and counts its whole length', () => {
    const beginning = 'All work and no play. '.repeat(Math.ceil(MAX_READ_CHARACTERS / 22));
    const value = read(`${beginning}${'# heading\n'.repeat(10_000)}`);
    expect(value('characters') / (beginning.length + 100_000)).toBeCloseTo(1, 2);
    expect(value('headings')).toBe(0);
  });

  test('is rounded to what compresses, within a part in a thousand', () => {
    const bits = new Uint32Array(fingerprintOf(MARKDOWN).buffer);
    expect(bits.every((word) => (word & 0xfff) === 0)).toBe(true);
  });
});

describe('versions of the fingerprint', () => {
  /** Names in the order of a stored row: a version that was released must never change. */
  test('version 1 keeps its features in their order', () => {
    expect(FINGERPRINT_VERSION).toBe(1);
    expect(FEATURES).toHaveLength(123);
    const names = FEATURES.map(({ name }) => name).join(' ');
    expect(names).toMatchSnapshot();
  });

  test('version 1 keeps its values', () => {
    expect(
      FEATURES.map(({ name }, index) => `${name} ${fingerprintOf(MARKDOWN)[index]?.toPrecision(4)}`),
    ).toMatchSnapshot();
  });

  test('rows of unknown length are refused', () => {
    expect(sharedFeatures(FEATURES.length, FEATURES.length)).toEqual(FEATURES);
    expect(() => sharedFeatures(FEATURES.length, 7)).toThrow('no fingerprint version has 7 features');
  });
});
