import { type Static, Type } from 'typebox';
import { CONTENT_MODES, MODES, ON_HARM, REDACTION_DETECTORS, SURFACES, UNITS, WEBHOOK_TYPES } from '../model/index.js';
import { RETAINED_TABLES } from '../store/index.js';

const closed = { additionalProperties: false } as const;

/** A secret is named, never written down: an environment variable or a file that holds it. */
const SecretReference = Type.Union([
  Type.Object({ env: Type.String({ minLength: 1 }) }, closed),
  Type.Object({ file: Type.String({ minLength: 1 }) }, closed),
]);

const Proportion = Type.Number({ minimum: 0, maximum: 1 });
const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,62}$' });

const MetricPolicyOverride = Type.Object(
  {
    weight: Type.Optional(Proportion),
    harmFloor: Type.Optional(Proportion),
    promoteMargin: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
    minimumFailures: Type.Optional(Type.Integer({ minimum: 1 })),
    onHarm: Type.Optional(Type.Enum([...ON_HARM])),
  },
  closed,
);

/** Overrides of the rollout policy; also what `POST /api/v1/rollouts` accepts. */
export const PolicyOverride = Type.Object(
  {
    mode: Type.Optional(Type.Enum([...MODES])),
    stages: Type.Optional(Type.Array(Type.Number({ minimum: 0, maximum: 100 }), { minItems: 1, maxItems: 32 })),
    unit: Type.Optional(Type.Enum([...UNITS])),
    soakSeconds: Type.Optional(Type.Integer({ minimum: 0 })),
    alphaRollback: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 0.5 })),
    alphaPromote: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 0.5 })),
    minimumStratumUnits: Type.Optional(Type.Integer({ minimum: 0 })),
    propagationSeconds: Type.Optional(Type.Integer({ minimum: 1 })),
    onSkippedStage: Type.Optional(Type.Enum(['report', 'rollback'])),
    metrics: Type.Optional(Type.Record(Type.String(), MetricPolicyOverride)),
  },
  closed,
);
export type PolicyOverride = Static<typeof PolicyOverride>;

const TargetMatch = Type.Object(
  {
    service: Type.String({ default: '*' }),
    environment: Type.String({ default: '*' }),
    operation: Type.String({ default: '*' }),
  },
  { ...closed, default: {} },
);

const ContentMode = Type.Enum([...CONTENT_MODES]);

const TargetConfig = Type.Object(
  {
    /** Exact names, or `*` for any; the first entry that matches a target is the one that counts. */
    match: TargetMatch,
    /** JSON Schema of the output, for clients whose traces do not carry it. */
    outputSchema: Type.Optional(Type.Union([Type.Object({}), Type.Boolean()])),
    policy: Type.Optional(PolicyOverride),
    /** What is kept of its content; see `content` below. */
    content: Type.Optional(ContentMode),
  },
  closed,
);

const WebhookRegistryConfig = Type.Object(
  {
    name: Name,
    type: Type.Literal('webhook'),
    url: Type.String({ minLength: 1 }),
    /** `whsec_…`, as Standard Webhooks defines it. */
    secret: SecretReference,
    /** The surfaces whose pointers this registry holds. */
    surfaces: Type.Array(Type.Enum([...SURFACES]), { minItems: 1 }),
  },
  closed,
);

const SlackConfig = Type.Object({ name: Name, type: Type.Literal('slack'), url: SecretReference }, closed);

const PagerDutyConfig = Type.Object(
  {
    name: Name,
    type: Type.Literal('pagerduty'),
    routingKey: SecretReference,
    /** Events v2 endpoint, for the EU region or a proxy. */
    url: Type.String({ default: 'https://events.pagerduty.com/v2/enqueue' }),
  },
  closed,
);

const TargetPart = Type.Optional(Type.String({ minLength: 1 }));

/** A system that tells Leeway of deployments by `POST /api/v1/webhooks/NAME`. */
const WebhookConfig = Type.Object(
  {
    name: Name,
    type: Type.Enum([...WEBHOOK_TYPES]),
    /** What the sender signs with, or its token where it cannot sign. */
    secret: SecretReference,
    /** What its events are about, where they do not say or Leeway calls it otherwise. */
    target: Type.Object(
      { service: TargetPart, environment: TargetPart, operation: TargetPart },
      { ...closed, default: {} },
    ),
    /** The surface whose pointer moves, for senders that do not say. */
    surface: Type.Optional(Type.Enum([...SURFACES])),
    /** Events about anything else are ignored; in the sender's words. */
    only: Type.Object({ subject: TargetPart, environment: TargetPart }, { ...closed, default: {} }),
    /** Langfuse: the label that stands for "live". */
    label: Type.String({ minLength: 1, default: 'production' }),
  },
  closed,
);

export const FileConfig = Type.Object(
  {
    /** Where people reach the page; links in messages start with it. */
    publicUrl: Type.Optional(Type.String({ pattern: '^https?://' })),
    targets: Type.Array(TargetConfig, { default: [] }),
    registries: Type.Array(WebhookRegistryConfig, { default: [] }),
    notifiers: Type.Array(Type.Union([SlackConfig, PagerDutyConfig]), { default: [] }),
    webhooks: Type.Array(WebhookConfig, { default: [] }),
    outbound: Type.Object(
      {
        /** `host` or `host:port` of destinations on private addresses that may be called all the same. */
        allowHosts: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
      },
      { ...closed, default: {} },
    ),
    evaluation: Type.Object(
      {
        /** How often buckets are closed and rollouts judged. */
        intervalSeconds: Type.Number({ minimum: 0.2, maximum: 3600, default: 1 }),
        /** A bucket is closed no earlier than this after its end; longer when spans are measured to arrive later. */
        watermarkSeconds: Type.Number({ minimum: 0, maximum: 600, default: 5 }),
      },
      { ...closed, default: {} },
    ),
    /** Days to keep each table's rows; 0 keeps them for ever. */
    retention: Type.Partial(
      Type.Object(
        Object.fromEntries(RETAINED_TABLES.map((table) => [table, Type.Integer({ minimum: 0, maximum: 36_500 })])),
        closed,
      ),
      { default: {} },
    ),
    /** Prices of models, before Leeway's own list; `*` in a name stands for anything. */
    prices: Type.Array(
      Type.Object(
        {
          model: Type.String({ minLength: 1 }),
          inputUsd: Type.Number({ minimum: 0 }),
          cachedUsd: Type.Optional(Type.Number({ minimum: 0 })),
          outputUsd: Type.Number({ minimum: 0 }),
        },
        closed,
      ),
      { default: [] },
    ),
    /** Key of the feature flag (OpenFeature `feature_flag.key`) whose variant is the prompt version. */
    promptFlag: Type.String({ default: '' }),
    /** What is kept of prompts, messages and outputs, where the target says nothing else. */
    content: Type.Optional(ContentMode),
    redaction: Type.Object(
      {
        detectors: Type.Array(Type.Enum([...REDACTION_DETECTORS]), {
          uniqueItems: true,
          default: REDACTION_DETECTORS.filter((name) => name !== 'ip'),
        }),
        /** RE2; what it matches becomes `[redacted:NAME]`. */
        patterns: Type.Array(
          Type.Object({ name: Name, pattern: Type.String({ minLength: 1, maxLength: 1000 }) }, closed),
          {
            maxItems: 50,
            default: [],
          },
        ),
        /** Further attributes that hold content; `my.*` stands for all that begin with `my.`. */
        contentAttributes: Type.Array(Type.String({ minLength: 1 }), { maxItems: 1000, default: [] }),
      },
      { ...closed, default: {} },
    ),
    /** Key of the hash of user ids. */
    userSalt: Type.Optional(SecretReference),
  },
  closed,
);
export type FileConfig = Static<typeof FileConfig>;
export type TargetConfig = Static<typeof TargetConfig>;
export type WebhookRegistryConfig = Static<typeof WebhookRegistryConfig>;
export type NotifierConfig = Static<typeof SlackConfig> | Static<typeof PagerDutyConfig>;
export type SecretReference = Static<typeof SecretReference>;
