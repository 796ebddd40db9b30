import type { Action, IncidentDetail, RolloutDetail } from '../../../src/api/schemas.js';
import { CONFOUNDED } from './attribution.js';
import { HOSTILE_TEXT, type SecondsAgo, TARGET } from './subjects.js';

const TITLE = 'prompt v13 breaks JSON output: 6.2 % instead of 1.1 % do not comply';

function action(fields: Partial<Action>): Action {
  return {
    id: 'act_91c2d7a04be85f36',
    incidentId: 'inc_2a7d4e10c9b8f653',
    rolloutId: 'rol_6d5f0c7e1a2b3c4d',
    kind: 'rollback',
    destination: 'prompt-registry',
    occasion: 'opened',
    status: 'succeeded',
    attempts: 1,
    nextAttemptAt: null,
    detail: 'HTTP 200',
    at: new Date(0).toISOString(),
    ...fields,
  };
}

export function rolledBackIncident(at: SecondsAgo, evidence: RolloutDetail['gate'] | null): IncidentDetail {
  const event = (
    index: number,
    secondsAgo: number,
    kind: IncidentDetail['events'][number]['kind'],
    message: string,
    data = {},
  ) => ({
    id: `event-${index}`,
    at: at(secondsAgo),
    kind,
    message,
    data,
  });
  return {
    id: 'inc_2a7d4e10c9b8f653',
    kind: 'rollback',
    target: TARGET,
    rolloutId: 'rol_6d5f0c7e1a2b3c4d',
    title: TITLE,
    severity: 'critical',
    state: 'rolled_back',
    acknowledged: false,
    openedAt: at(600),
    updatedAt: at(571),
    evidence,
    finding: null,
    attributions: [CONFOUNDED],
    events: [
      event(
        1,
        600,
        'opened',
        'Compliance of the candidate is worse: 6.2 % (26 of 420) instead of 1.1 % (42 of 3,790) do not comply.',
      ),
      event(2, 599, 'rollback_requested', 'Asked prompt-registry to move prompt back to v12.', {
        registry: 'prompt-registry',
        attempt: 1,
      }),
      event(3, 598, 'rollback_attempt_failed', 'prompt-registry answered 503; next attempt in 2 s.', { status: 503 }),
      event(4, 596, 'rollback_accepted', 'prompt-registry moved prompt to v12.', { status: 200, attempt: 2 }),
      event(5, 595, 'notified', 'Told slack-oncall.'),
      event(6, 585, 'traffic_moving', 'Share of prompt v13 fell from 10.0 % to 3.4 %.', { share: 0.034 }),
      event(
        7,
        571,
        'rollback_confirmed',
        'No generation of prompt v13 in the last three closed buckets; compliance is back at 1.0 %.',
        { share: 0 },
      ),
    ],
    actions: [
      action({ attempts: 2, at: at(596), detail: 'HTTP 200: {"label":"production","version":"v12"}' }),
      action({
        id: 'act_5fb0e83d7c162a94',
        kind: 'notify',
        destination: 'slack-oncall',
        at: at(595),
        detail: 'HTTP 200',
      }),
      action({
        id: 'act_08d4c1ff92ab3e67',
        kind: 'notify',
        destination: 'pager',
        occasion: 'rolled_back',
        status: 'pending',
        attempts: 3,
        nextAttemptAt: at(-22),
        at: at(20),
        detail: 'HTTP 429, Retry-After 30',
      }),
    ],
    findings: [
      {
        ...swapEvidence(at),
        id: 'fnd_1',
        targetId: TARGET.targetId,
        rolloutId: 'rol_6d5f0c7e1a2b3c4d',
        incidentId: 'inc_2a7d4e10c9b8f653',
        detector: 'compliance',
        metric: 'compliance',
        subject: '',
        episode: 0,
        severity: 'critical',
        sentence: 'Candidate outputs violate their JSON Schema 5.1 points more often (95 % sequence 2.3 to 8.4).',
        at: at(600),
        lastSeenAt: at(600),
        endedAt: null,
      },
    ],
  };
}

export function waitingIncident(at: SecondsAgo, evidence: RolloutDetail['gate']): IncidentDetail {
  return {
    ...rolledBackIncident(at, evidence),
    id: 'inc_77aa10c2d3e4f596',
    title: `Tools 4 fail downstream tasks ${HOSTILE_TEXT}`,
    severity: 'error',
    state: 'awaiting_approval',
    openedAt: at(95),
    updatedAt: at(94),
    events: [
      {
        id: 'event-1',
        at: at(95),
        kind: 'opened',
        message: 'Tasks of the candidate fail more often.',
        data: { note: HOSTILE_TEXT },
      },
      {
        id: 'event-2',
        at: at(94),
        kind: 'approval_requested',
        message: 'A person has to approve the rollback.',
        data: {},
      },
    ],
    actions: [
      action({
        id: 'act_c0ffee00c0ffee00',
        incidentId: 'inc_77aa10c2d3e4f596',
        status: 'awaiting_approval',
        attempts: 0,
        detail: '',
        at: at(94),
      }),
    ],
    findings: [],
  };
}

/** A change that nobody had agreed to stage: worth a finding, not an incident. */
export function quietFinding(at: SecondsAgo): IncidentDetail['findings'][number] {
  return {
    ...swapEvidence(at),
    id: 'fnd_3',
    targetId: TARGET.targetId,
    rolloutId: 'rol_6d5f0c7e1a2b3c4d',
    incidentId: '',
    detector: 'stage_guard',
    metric: 'no_rollout',
    subject: 'rol_6d5f0c7e1a2b3c4d',
    episode: 0,
    severity: 'info',
    sentence: `prompt v11 → v12 went from nothing to all traffic within a minute, without any stage ${HOSTILE_TEXT}`,
    at: at(7200),
    lastSeenAt: at(20),
    endedAt: null,
  };
}

/** What a watch found: the model behind an alias is another one, and names are hostile. */
export function swapIncident(at: SecondsAgo): IncidentDetail {
  const evidence = swapEvidence(at);
  const sentence = `Calls that ask for gpt-4o were answered by gpt-4o-2024-08-06 and now, in 38 % of 412 calls, by ${HOSTILE_TEXT}.`;
  return {
    ...rolledBackIncident(at, null),
    attributions: [],
    id: 'inc_5b1d0e9c7a3f2468',
    kind: 'finding',
    rolloutId: '',
    title: 'The model behind gpt-4o was swapped',
    severity: 'warning',
    state: 'open',
    openedAt: at(300),
    updatedAt: at(60),
    finding: evidence,
    events: [{ id: 'event-1', at: at(300), kind: 'opened', message: sentence, data: { detector: 'model_swapped' } }],
    actions: [],
    findings: [
      {
        ...evidence,
        id: 'fnd_2',
        targetId: TARGET.targetId,
        rolloutId: '',
        incidentId: 'inc_5b1d0e9c7a3f2468',
        detector: 'model_swapped',
        metric: '',
        subject: 'gpt-4o',
        episode: 0,
        severity: 'warning',
        sentence,
        at: at(300),
        lastSeenAt: at(60),
        endedAt: null,
      },
    ],
  };
}

function swapEvidence(at: SecondsAgo): NonNullable<IncidentDetail['finding']> {
  const seconds = (ago: number) => Math.floor(Date.parse(at(ago)) / 1000);
  return {
    question: 'Does the same model still answer behind the name that is asked for?',
    method: 'served models of each requested name, now against the days before',
    n: { 'calls now': 412, 'calls before': 18_200 },
    effect: { estimate: 38, lower: 33, upper: 43, level: 0.95, unit: 'per cent of the calls' },
    evidence: { logE: 22.4, logThreshold: 6.9 },
    surface: 'model',
    behind: { targetId: TARGET.targetId, since: seconds(1200), until: seconds(300) },
    details: { requested: 'gpt-4o', advice: ['Ask for a dated model.', HOSTILE_TEXT], yaml: 'spec:\n  x: 1\n' },
  };
}
