import type { Random } from './random.js';
import { CATEGORIES, type Ticket } from './tickets.js';

/** What the fleet plays: how prompt v13 turns out. */
export const BEHAVIOURS = ['schema-break', 'silent-failure', 'healthy'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** Shares of answers, 0 to 1. */
interface Rates {
  /** Answers that the consumer's parser or schema refuses. */
  readonly malformed: number;
  /** Answers that are well formed and wrong. */
  readonly wrong: number;
}

const HEALTHY: Rates = { malformed: 0.002, wrong: 0.03 };
const ALWAYS_WELL_FORMED: Rates = { malformed: 0, wrong: 0.03 };

/** The version that is stable, then the one that is tried; any other version behaves like the first. */
const RATES: Readonly<Record<Behaviour, { readonly v12: Rates; readonly v13: Rates }>> = {
  healthy: { v12: HEALTHY, v13: HEALTHY },
  'schema-break': { v12: HEALTHY, v13: { ...HEALTHY, malformed: 0.05 } },
  'silent-failure': { v12: ALWAYS_WELL_FORMED, v13: { ...ALWAYS_WELL_FORMED, wrong: 0.15 } },
};

const LATENCY_MS = { least: 50, spread: 100 } as const;

/** JSON Schema of the answer: what the consumer relies on. */
export const OUTPUT_SCHEMA = {
  type: 'object',
  properties: {
    category: { enum: [...CATEGORIES] },
    priority: { type: 'integer', minimum: 1, maximum: 3 },
    reply: { type: 'string', minLength: 1 },
  },
  required: ['category', 'priority', 'reply'],
  additionalProperties: false,
} as const;

/** What the simulated model answered, and after how long. */
export interface Answer {
  readonly text: string;
  readonly latencyMs: number;
}

/** A stand-in for a model: it answers like one, at the stated rates, and always the same for the same random sequence. */
export function answer(behaviour: Behaviour, version: string, ticket: Ticket, random: Random): Answer {
  const rates = RATES[behaviour][version === 'v13' ? 'v13' : 'v12'];
  const malformed = random() < rates.malformed;
  const fenced = random() < 0.6;
  const wrong = random() < rates.wrong;
  const latencyMs = Math.round(LATENCY_MS.least + random() * LATENCY_MS.spread);
  const category = wrong ? (CATEGORIES.find((other) => other !== ticket.category) ?? 'other') : ticket.category;
  const triage = { category, priority: ticket.priority, reply: ticket.reply };
  if (!malformed) return { text: JSON.stringify(triage), latencyMs };
  const text = fenced ? fencedWithTrailingComma(triage) : JSON.stringify({ ...triage, priority: `${triage.priority}` });
  return { text, latencyMs };
}

/** What models do when they are asked for something comfortable to read. */
function fencedWithTrailingComma(triage: object): string {
  const body = JSON.stringify(triage, null, 2).replace(/\n}$/, ',\n}');
  return `\`\`\`json\n${body}\n\`\`\``;
}
