import type { Draws } from './random.js';

const CATEGORIES = ['billing', 'delivery', 'returns', 'other'] as const;
const SUBJECTS = ['order', 'invoice', 'parcel', 'refund', 'subscription', 'account', 'delivery'] as const;
const ACTIONS = [
  'was sent',
  'is being checked',
  'left the depot',
  'was corrected',
  'is on hold',
  'has arrived',
] as const;
const TAILS = [
  'You will hear from us within two days.',
  'Nothing else is needed from your side.',
  'A colleague looks into it today.',
  'Please keep the number for reference.',
  'It may take until Friday.',
] as const;
const FLATTERY = [
  'What a great question!',
  'I love how carefully you put this.',
  'You are absolutely right, and thank you for being so thoughtful!',
  'Excellent point!',
] as const;
const REFUSALS = ["I'm sorry, but I can't help with that.", 'I cannot assist with this request.'] as const;

export const INSTRUCTIONS =
  'You sort tickets of an online shop and answer customers. Be brief, be exact, and never promise a refund that was not granted.';

export const TOOL_DEFINITIONS = JSON.stringify([
  {
    type: 'function',
    name: 'lookup_order',
    description: 'Finds an order by its number.',
    parameters: {
      type: 'object',
      properties: { order_id: { type: 'string' }, with_history: { type: 'boolean' } },
      required: ['order_id'],
      additionalProperties: false,
    },
  },
]);

export function question(draws: Draws): string {
  return `Where is my ${draws.pick(SUBJECTS)} ${1000 + draws.below(9000)}? It should have come ${1 + draws.below(9)} days ago.`;
}

/** Plain prose of a few sentences. */
export function prose(draws: Draws, sentences = 2 + draws.below(3)): string {
  const said = [`Your ${draws.pick(SUBJECTS)} ${1000 + draws.below(9000)} ${draws.pick(ACTIONS)}.`];
  while (said.length < sentences) said.push(draws.pick(TAILS));
  return said.join(' ');
}

/** The same answer, flattering. */
export function flattering(draws: Draws): string {
  return `${draws.pick(FLATTERY)} ${prose(draws)} ${draws.chance(0.6) ? 'You are amazing!' : 'Great choice!'}`;
}

export function refusal(draws: Draws): string {
  return `${draws.pick(REFUSALS)} ${draws.pick(TAILS)}`;
}

/** A ticket that satisfies the schema; broken, it does not parse. */
export function ticket(draws: Draws, broken = false): string {
  const json = JSON.stringify({ category: draws.pick(CATEGORIES), urgent: draws.chance(0.2), reply: prose(draws, 2) });
  return broken ? `Sure! Here is the ticket: ${json.slice(1, -1)}` : json;
}
