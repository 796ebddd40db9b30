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

describe('every way to decline', () => {
  const WAYS = [
    ...["can't", 'cannot', 'can not', 'could not', "couldn't", "won't", 'will not', 'would not', "wouldn't"],
    ...[
      "shouldn't",
      'should not',
      'must not',
      "can't and will not",
      'cannot in good conscience',
      'will not be able to',
    ],
    ...['am not able to', "'m just not permitted to", 'am unable to', 'am prohibited from', "'m not comfortable with"],
  ].map(
    (modal) => `I${modal.startsWith("'") ? '' : ' '}${modal} ${/(?:from|with)$/.test(modal) ? 'help' : 'provide this'}`,
  );
  const OTHERS = [
    ...['I must decline', 'I respectfully refuse', "I don't endorse this", 'I do not feel comfortable'],
    ...["That's not something I can do", 'This is not something that I would discuss'],
    ...['Ich darf das nicht beantworten', 'Ich kann dazu keine Auskunft geben', 'Ich muss das ablehnen'],
    ...[
      'Je ne peux pas répondre',
      'Je refuse de répondre',
      'Je dois décliner cette demande',
      'Je dois refuser cette demande',
    ],
    ...['No puedo ayudar', 'No podré responder', 'No me es posible responder', 'No estoy autorizada a responder'],
    ...['Debo rechazar esta petición', 'Debo negarme a responder'],
  ];

  test.each([...WAYS, ...OTHERS])('%s', (text) => {
    for (const apostrophe of ["'", '’', 'ʼ']) {
      const said = text.replaceAll("'", apostrophe);
      expect([said, said.toUpperCase(), `„${said}“, sagte sie.`].map(isRefusal)).toEqual([true, true, true]);
    }
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
