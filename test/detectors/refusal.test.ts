import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../detectors/index.js';

describe('an answer that declines', () => {
  test.each([
    'I cannot help with that request.',
    'I’m sorry, but I can’t assist with that.',
    'Sorry, I am not able to provide instructions for this.',
    'As an AI language model, I cannot and will not write such a text.',
    'As an assistant made by Example Inc. I must decline to discuss this.',
    'Unfortunately, I won’t be able to share that document.',
    'Thank you for asking, but I have to politely decline.',
    'My purpose is to be of use to everybody, and I cannot support harming anyone.',
    'Privacy matters. I do not feel comfortable guessing who wrote this.',
    '> **I can’t do that.**',
    'That’s not something I can help with.',
    'I apologize for the inconvenience, but I cannot.',
    'Es tut mir leid, aber dabei kann ich nicht helfen.',
    'Leider kann ich diese Anfrage nicht beantworten.',
    'Désolé, mais je ne peux pas vous aider.',
    'Lo siento, pero no puedo ayudar con eso.',
  ])('%s', (text) => {
    expect(isRefusal(text)).toBe(true);
  });
});

describe('an answer that does not', () => {
  test.each([
    '',
    'Sure! Here is the function you asked for.',
    'I can’t wait to show you this recipe.',
    'I cannot help but admire the question.',
    'Sorry for the confusion. The answer is 42.',
    'You cannot provide a negative length: it throws.',
    'The model said "I cannot help with that" in 3 of 10 runs.',
    'Users often ask why I can see two cursors.',
    'Es tut mir leid, das zu hören. Hier sind drei Vorschläge.',
    '{"answer":"I cannot help"}',
  ])('%s', (text) => {
    expect(isRefusal(text)).toBe(false);
  });

  test('whatever it says far into the text', () => {
    expect(isRefusal(`${'The first part of a long answer goes on. '.repeat(10)}I cannot help with that.`)).toBe(false);
  });
});
