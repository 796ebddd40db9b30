import { describe, expect, it } from 'vitest';
import { unexpectedScript } from '../../collectors/unexpected-script.js';

describe('an unexpected script', () => {
  it.each([
    ['an answer in the script of the question', 'Привет!', 'Скажи привет', ''],
    ['Thai in an English conversation', 'The answer is สวัสดี, of course.', 'What is the answer?', 'Thai'],
    ['Chinese in an English conversation', 'Sure, 好的.', 'Do it', 'Hani'],
    ['names and emoji', 'Café Zoë 🎉 — naïve', 'Where?', ''],
    ['a Greek letter in mathematics', 'The angle α is 30°.', 'How large?', ''],
    ['Japanese that was asked for', 'こんにちは', 'How do you say こんにちは', ''],
  ])('is found by the letters: %s', (_name, output, input, script) => {
    expect(unexpectedScript(output, () => input)).toBe(script);
  });

  it('is not claimed when the input or the output is not known', () => {
    expect(unexpectedScript('สวัสดี', () => null)).toBe('');
    expect(unexpectedScript(null, () => 'x')).toBe('');
  });
});
