/** What the HTTP API answers, as far as this page reads it (`/api/docs` describes all of it). */

export const SURFACES = ['model', 'prompt', 'tools', 'context'] as const;
export type Surface = (typeof SURFACES)[number];
export type Verdict = 'promote' | 'hold' | 'rollback' | 'insufficient_data';

export interface Version {
  value: string;
  source: 'tagged' | 'derived' | 'missing';
}
export type Versions = Record<Surface, Version>;
/** The versions of the surfaces that a rollout changes. */
export type Selector = Partial<Record<Surface, string>>;

export interface Target {
  targetId: string;
  service: string;
  environment: string;
  operation: string;
}

export interface TargetSummary extends Target {
  generations: number;
  vectors: number;
  runningRollouts: number;
  openIncidents: number;
  lastSeen: string;
}

export interface MetricCount {
  metric: string;
  n: number;
  failures: number;
  rate: number | null;
}

export interface VectorSummary {
  targetId: string;
  vectorId: string;
  versions: Versions;
  firstSeen: string;
  lastSeen: string;
  share: number;
  generations: number;
  metrics: MetricCount[];
  /** Buckets of 10 s, named by their first second (Unix). */
  traffic: { bucket: number; n: number }[];
}

export interface Estimate {
  n: number;
  failures: number;
  rate: number;
  lower: number;
  upper: number;
}

export interface TrajectoryPoint {
  bucket: number;
  baselineN: number;
  candidateN: number;
  difference: number;
  lower: number;
  upper: number;
  logE: number;
}

export interface HarmEvidence {
  logE: number;
  maxLogE: number;
  logThreshold: number;
  firedAtBucket: number | null;
}

export interface MetricEvaluation {
  detector: string;
  metric: string;
  question: string;
  failure: string;
  method: string;
  baseline: Estimate;
  candidate: Estimate;
  difference: { estimate: number; lower: number; upper: number; level: number };
  oddsRatio: { lower: number; upper: number | null };
  harm: HarmEvidence;
  fall: (HarmEvidence & { meaning: string }) | null;
  measured: { unit: string; quantiles: { quantile: number; baseline: number; candidate: number }[] } | null;
  promotion: { logE: number; logThreshold: number; margin: number; passed: boolean };
  policy: {
    weight: number;
    harmFloor: number;
    promoteMargin: number;
    minimumFailures: number;
    onHarm: 'rollback' | 'hold' | 'notify';
  };
  trajectory: TrajectoryPoint[];
}

export interface Gate {
  verdict: Verdict;
  reasons: string[];
  blame: string[];
  at: string;
  stage: number;
  candidateShare: number;
  evaluations: MetricEvaluation[];
}

export type RolloutStatus = 'running' | 'promoted' | 'rolled_back' | 'superseded' | 'abandoned';

export interface RolloutSummary {
  id: string;
  target: Target;
  baseline: Selector;
  candidate: Selector;
  changed: Surface[];
  origin: 'declared' | 'observed';
  mode: 'observe' | 'approve' | 'auto';
  status: RolloutStatus;
  stage: number;
  stages: number[];
  verdict: Verdict;
  reasons: string[];
  startedAt: string;
  incidentId: string | null;
}

export interface RolloutTraffic {
  bucket: number;
  baseline: number;
  candidate: number;
  other: number;
}

export interface RolloutDetail extends RolloutSummary {
  gate: Gate;
  latched: Gate | null;
  traffic: RolloutTraffic[];
  history: {
    revision: number;
    at: string;
    status: RolloutStatus;
    stage: number;
    verdict: Verdict;
    reasons: string[];
  }[];
}

export interface ShownMove {
  name: string;
  family: string;
  label: string;
  baselineMean: number;
  candidateMean: number;
  superiority: number;
  lower: number;
  upper: number;
  level: number;
}

export interface Behaviour {
  standing: {
    baselineN: number;
    candidateN: number;
    maxLogE: number;
    logThreshold: number;
    changed: boolean;
    features: ShownMove[];
    tone: ShownMove[];
    examples: Record<'baseline' | 'candidate', { traceId: string; spanId: string }[]>;
  } | null;
}

export interface Attribution {
  metric: string;
  sentence: string;
  surfaces:
    | { kind: 'single'; surface: Surface }
    | { kind: 'attributed'; bySurface: Partial<Record<Surface, number>>; total: number }
    | {
        kind: 'not_identifiable';
        confounded: Surface[];
        revertOneArms: { reverted: Surface; changed: Surface[] }[];
      };
  total: number;
  mix: number;
  behaviour: number;
  strata: {
    stratum: string;
    baseline: { n: number; failures: number };
    candidate: { n: number; failures: number };
    behaviour: number;
  }[];
}

export type IncidentState =
  | 'open'
  | 'awaiting_approval'
  | 'rolling_back'
  | 'rolled_back'
  | 'rollback_unconfirmed'
  | 'resolved';

export interface IncidentSummary {
  id: string;
  kind: 'rollback' | 'finding';
  target: Target;
  rolloutId: string;
  title: string;
  severity: 'critical' | 'error' | 'warning' | 'info';
  state: IncidentState;
  acknowledged: boolean;
  openedAt: string;
  updatedAt: string;
}

export interface IncidentEvent {
  id: string;
  at: string;
  kind: string;
  message: string;
  data: Record<string, unknown>;
}

export type ActionStatus = 'awaiting_approval' | 'pending' | 'succeeded' | 'failed' | 'cancelled';

export interface Action {
  id: string;
  incidentId: string;
  rolloutId: string;
  kind: string;
  destination: string;
  occasion: string;
  status: ActionStatus;
  attempts: number;
  nextAttemptAt: string | null;
  detail: string;
  at: string;
}

/** What makes a finding believable: how it was looked for, at how much, and what came out. */
export interface FindingEvidence {
  question: string;
  method: string;
  n: Record<string, number>;
  effect: { estimate: number; lower: number; upper: number; level: number; unit: string } | null;
  evidence: { logE: number; logThreshold: number } | null;
  surface: Surface | null;
  behind: { targetId: string; vectorId?: string; metric?: string; since: number; until: number } | null;
  details: Record<string, unknown>;
}

export interface Finding extends FindingEvidence {
  id: string;
  targetId: string;
  rolloutId: string;
  incidentId: string;
  detector: string;
  metric: string;
  subject: string;
  severity: IncidentSummary['severity'];
  sentence: string;
  at: string;
  lastSeenAt: string;
  endedAt: string | null;
}

export interface IncidentDetail extends IncidentSummary {
  /** A rollout's verdict as it was latched, or what a watch found. */
  evidence: Gate | null;
  finding: FindingEvidence | null;
  /** Which surface did it, as traffic had it then. */
  attributions: Attribution[];
  events: IncidentEvent[];
  actions: Action[];
  findings: Finding[];
}

export interface Generation {
  traceId: string;
  spanId: string;
  target: Target;
  startTime: string;
  durationMs: number;
  provider: string;
  requestedModel: string;
  servedModel: string;
  versions: Versions;
  vectorId: string;
  stratum: string;
  inputTokens: number | null;
  outputTokens: number | null;
  finishReason: string;
  finishReasonRaw: string;
  errorType: string;
  compliance: string;
  complianceReason: string;
  refusal: boolean;
  sessionId: string;
  pod: string;
  promptDigest: string;
  toolsDigest: string;
  contextDigest: string;
  schemaDigest: string;
}

export interface Outcome {
  id: string;
  name: string;
  value: number;
  source: string;
  comment: string;
  spanId: string;
  at: string;
}

export interface Span {
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: string;
  service: string;
  startTime: string;
  durationMs: number;
  statusCode: string;
  statusMessage: string;
  attributes: Record<string, string>;
  events: { at: string; name: string; attributes: Record<string, string> }[];
}

export interface Artifact {
  digest: string;
  kind: string;
  content: string;
}

export interface Trace {
  traceId: string;
  /** false: the trace has more spans than are shown. */
  complete: boolean;
  spans: Span[];
  generations: Generation[];
  outcomes: Outcome[];
  artifacts: Artifact[];
}

export interface Deployment {
  id: string;
  service: string;
  environment: string;
  operation: string;
  surface: Surface;
  version: string;
  previousVersion: string;
  actor: string;
  source: string;
  comment: string;
  at: string;
}

export interface ServiceStatus {
  version: string;
  startedAt: string;
  ready: boolean;
  problems: string[];
  spool: { segments: number; bytes: number; poisoned: number; lastError: string };
  evaluation: { lastRunAt: string | null; watermark: string | null; lagSeconds: number | null; lastError: string };
  actions: { pending: number; retrying: number; failed: number };
}

export type CatalogueSurface = Surface | 'output_schema';

export interface CatalogueVersion {
  version: string;
  source: Version['source'];
  /** The latest first. */
  digests: string[];
  contents: number;
  standing: 'stable' | 'mutated' | 'templated' | 'unknown';
  firstSeen: string;
  lastSeen: string;
  generations: number;
  share: number;
  podCount: number;
  pods: string[];
  usedBy: (Target & { lastSeen: string })[];
}

export interface CatalogueHistory {
  at: string;
  kind: 'first_seen' | 'last_seen' | 'pointer_moved';
  surface: CatalogueSurface;
  version: string;
  previousVersion: string;
  actor: string;
  source: string;
  comment: string;
}

export interface Catalogue {
  target: Target;
  windowSeconds: number;
  generations: number;
  surfaces: { surface: CatalogueSurface; missing: number; versions: CatalogueVersion[] }[];
  history: CatalogueHistory[];
}

export type CompatibilityVerdict = 'compatible' | 'incompatible' | 'unknown';

export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  parts: { text: string; changed: boolean }[];
}

export interface ArtifactDiff {
  text: { added: number; removed: number; hunks: { before: number; after: number; lines: DiffLine[] }[] } | null;
  reason: string;
  structure: {
    changes: {
      kind: 'added' | 'removed' | 'changed';
      thing: string;
      where: string;
      before: unknown;
      after: unknown;
    }[];
    complete: boolean;
  } | null;
  compatibility: {
    verdict: CompatibilityVerdict;
    lines: {
      tool: string;
      change: string;
      verdict: CompatibilityVerdict;
      sentences: string[];
      behavioural: string[];
    }[];
  } | null;
}

export interface Readiness {
  kind: string;
  name: string;
  state: 'unknown' | 'expand' | 'migrate' | 'contract';
  ready: boolean;
  missing: string[];
  holdSeconds: number;
  generations: number;
  uses: number;
  lastUse: string | null;
  usageUpperBound: number | null;
}

export interface ToolVersionHead {
  version: number;
  digest: string;
  declared: { at: string; actor: string; comment: string } | null;
  seen: { first: string; last: string; targets: Target[] } | null;
}

export interface ToolSummary {
  service: string;
  name: string;
  subject: string;
  versions: number;
  latest: ToolVersionHead;
}

export interface ToolDetail extends ToolSummary {
  compatibility: { mode: string; policy: string };
  history: (ToolVersionHead & {
    definition: { name: string; description: string; parameters: unknown; outputSchema?: unknown };
    toPrevious: {
      verdict: CompatibilityVerdict;
      comparisons: { change: string; sentences: string[]; behavioural: string[] }[];
    } | null;
  })[];
}
