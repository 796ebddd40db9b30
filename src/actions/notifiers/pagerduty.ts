import {
  formatDifference,
  formatEffect,
  formatEstimate,
  formatFindingEvidence,
  formatUnits,
} from '../../incidents/index.js';
import { type FindingDraft, formatEvidence, formatRate, isoTime } from '../../model/index.js';
import { deliveryOf } from '../delivery.js';
import type { NotifierMessage } from '../message.js';
import type { Occasion } from '../occasion.js';
import { cut } from '../one-line.js';
import type { Notifier, NotifierParts } from './notifier.js';

/** Limits of PagerDuty's Events API v2, in characters. */
const PAGERDUTY_LIMITS = { dedupKey: 255, summary: 1024, field: 255, detail: 2000 } as const;

/** So many are told; an event may have 512 kB. */
const MAX_METRICS = 10;

const CLIENT = 'Leeway';

const SUMMARY_PREFIX: Readonly<Record<Occasion, string>> = {
  opened: '',
  rollback_unconfirmed: 'Rollback not confirmed: ',
  rolled_back: '',
  resolved: '',
};

/** When the trouble is over: the alert is closed. A proven rollback ends it, as does a person. */
const RESOLVING: readonly Occasion[] = ['rolled_back', 'resolved'];

export interface PagerDutySettings {
  readonly name: string;
  readonly url: string;
  /** Gives the integration key when it is used. */
  readonly routingKey: () => string;
}

/** Triggers and resolves one PagerDuty alert per incident, through the Events API v2. */
export function createPagerDutyNotifier(settings: PagerDutySettings, { outbound, publicUrl }: NotifierParts): Notifier {
  outbound.check(settings.url);
  return {
    name: settings.name,
    type: 'pagerduty',
    async notify(message) {
      const routingKey = settings.routingKey();
      const body = JSON.stringify({ routing_key: routingKey, ...pagerDutyEvent(message, publicUrl) });
      const headers = { 'content-type': 'application/json' };
      return deliveryOf(await outbound.post({ url: settings.url, headers, body, secrets: [routingKey] }));
    },
  };
}

/** The event without its routing key. Its deduplication key is the incident's id, whatever the occasion. */
export function pagerDutyEvent(message: NotifierMessage, publicUrl: string) {
  const dedup_key = cut(message.incidentId, PAGERDUTY_LIMITS.dedupKey);
  if (RESOLVING.includes(message.occasion)) return { event_action: 'resolve' as const, dedup_key };
  return {
    event_action: 'trigger' as const,
    dedup_key,
    payload: {
      summary: cut(SUMMARY_PREFIX[message.occasion] + message.title, PAGERDUTY_LIMITS.summary),
      source: cut(message.target.service || message.targetName || CLIENT, PAGERDUTY_LIMITS.field),
      severity: message.severity,
      timestamp: isoTime(message.at),
      component: cut(message.target.operation, PAGERDUTY_LIMITS.field),
      group: cut(message.target.environment, PAGERDUTY_LIMITS.field),
      class: cut(message.metrics[0]?.metric ?? message.finding?.detector ?? 'rollback', PAGERDUTY_LIMITS.field),
      custom_details: details(message),
    },
    client: CLIENT,
    client_url: publicUrl,
    links: [{ href: message.link, text: 'Incident in Leeway' }],
  };
}

function details(message: NotifierMessage) {
  const text = (value: string) => cut(value, PAGERDUTY_LIMITS.detail);
  return {
    target: text(message.targetName),
    state: message.state,
    leeway: text(message.doing),
    ...(message.candidateShare === null ? {} : { candidate_share: formatRate(message.candidateShare) }),
    ...(message.finding === null ? {} : { finding: findingDetails(message.finding, text) }),
    changed: message.versions.map(
      ({ surface, baseline, candidate }) => `${surface}: ${text(baseline)} → ${text(candidate)}`,
    ),
    ...(message.attribution === '' ? {} : { which_surface_did_it: text(message.attribution) }),
    metrics: message.metrics
      .slice(0, MAX_METRICS)
      .map(({ metric, evaluation: { failure, baseline, candidate, difference, harm } }) => ({
        metric: text(metric),
        failure: text(failure),
        candidate: formatEstimate(candidate),
        baseline: formatEstimate(baseline),
        difference: formatDifference(difference),
        e_value: formatEvidence(harm.maxLogE),
        threshold: formatEvidence(harm.logThreshold),
      })),
    changes_around_then: message.changes.map(text),
    incident_id: message.incidentId,
    rollout_id: message.rolloutId,
    idempotency_key: message.idempotencyKey,
  };
}

function findingDetails(finding: FindingDraft, text: (value: string) => string) {
  const { detector, sentence, question, method, n, effect, evidence } = finding;
  return {
    detector,
    sentence: text(sentence),
    question: text(question),
    method: text(method),
    looked_at: formatUnits(n),
    ...(effect === null ? {} : { effect: formatEffect(effect) }),
    ...(evidence === null ? {} : { evidence: formatFindingEvidence(evidence) }),
  };
}
