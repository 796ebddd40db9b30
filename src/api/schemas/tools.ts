import { type Static, Type } from 'typebox';
import { COMPATIBILITY_MODES, POLICIES } from '../../catalog/index.js';
import { nullable, oneOf, Problem, Target, Time } from './common.js';

const Verdict = oneOf(['compatible', 'incompatible', 'unknown'] as const);

export const CompatibilityRules = Type.Object({
  mode: oneOf(COMPATIBILITY_MODES),
  policy: oneOf(POLICIES),
});

const Definition = Type.Object({
  name: Type.String(),
  description: Type.String(),
  parameters: Type.Unknown({ description: 'JSON Schema of the arguments; null when none is declared' }),
  outputSchema: Type.Optional(Type.Unknown()),
  strict: Type.Optional(Type.Boolean()),
});

export const ToolVerdict = Type.Interface([CompatibilityRules], {
  verdict: Verdict,
  comparisons: Type.Array(
    Type.Object({
      against: Type.Integer({ description: 'The version that it was compared with' }),
      change: Type.String(),
      verdict: Verdict,
      sentences: Type.Array(Type.String(), { description: 'For people, with the instance that breaks' }),
      counterexamples: Type.Array(
        Type.Object({
          of: oneOf(['parameters', 'output'] as const),
          direction: oneOf(['backward', 'forward'] as const),
          instance: Type.Unknown({ description: 'Valid under the writer and refused by the reader' }),
          path: Type.String(),
          reason: Type.String(),
        }),
      ),
      behavioural: Type.Array(Type.String(), { description: 'Where the model is told something else: JSON pointers' }),
    }),
  ),
});

const ToolVersionHead = Type.Object({
  version: Type.Integer({ description: 'From 1, in the order in which Leeway learned of them' }),
  digest: Type.String(),
  declared: nullable(Type.Object({ at: Time, actor: Type.String(), comment: Type.String() })),
  seen: nullable(Type.Object({ first: Time, last: Time, targets: Type.Array(Target) })),
});

export const ToolVersion = Type.Interface([ToolVersionHead], {
  definition: Definition,
  toPrevious: nullable(ToolVerdict),
});

export const ToolSummary = Type.Object({
  service: Type.String(),
  name: Type.String(),
  subject: Type.String({ description: 'Its name below /schema-registry' }),
  versions: Type.Integer(),
  latest: ToolVersionHead,
});

export const ToolDetail = Type.Interface([ToolSummary], {
  compatibility: CompatibilityRules,
  history: Type.Array(ToolVersion, { description: 'Newest first' }),
});

export const ToolDeclarationInput = Type.Object(
  {
    service: Type.String({ minLength: 1, maxLength: 256 }),
    definition: Type.Object(
      {},
      {
        description: 'In the shape of any provider: OpenAI, Anthropic, Gemini, MCP, Vercel AI',
        additionalProperties: true,
      },
    ),
    actor: Type.String({ default: '', maxLength: 256 }),
    comment: Type.String({ default: '', maxLength: 4096 }),
  },
  { additionalProperties: false },
);

export const ToolCheckInput = Type.Object(
  { service: Type.String({ minLength: 1, maxLength: 256 }), definition: ToolDeclarationInput.properties.definition },
  { additionalProperties: false },
);

export const ToolDeclared = Type.Interface([ToolVersionHead], { verdict: ToolVerdict });

export const ToolRefused = Type.Interface([Problem], { verdict: ToolVerdict });

export type ToolVerdict = Static<typeof ToolVerdict>;
export type ToolVersion = Static<typeof ToolVersion>;
export type ToolSummary = Static<typeof ToolSummary>;
export type ToolDetail = Static<typeof ToolDetail>;
