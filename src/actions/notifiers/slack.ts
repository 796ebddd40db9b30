import {
  formatDifference,
  formatEffect,
  formatEstimate,
  formatFindingEvidence,
  formatUnits,
} from '../../incidents/index.js';
import { type FindingDraft, formatEvidence, formatRate } from '../../model/index.js';
import { deliveryOf } from '../delivery.js';
import type { MetricNote, NotifierMessage } from '../message.js';
import { cut } from '../one-line.js';
import type { Notifier, NotifierParts } from './notifier.js';

/** Limits of Slack's Block Kit, in characters and items. */
export const SLACK_LIMITS = {
  blocks: 50,
  headerText: 150,
  sectionText: 3000,
  fields: 10,
  fieldText: 2000,
  contextElements: 10,
  /** All texts together. Undocumented: messages of about 13,200 characters are refused (msg_blocks_too_long). */
  totalText: 12_000,
} as const;

/** How much of the total a message spends on what is not told by metric. */
const MAX_FIELD_VALUE_LENGTH = 300;
const MAX_METRIC_TEXT_LENGTH = 1000;
const MAX_METRICS = 5;
const MAX_CHANGE_LENGTH = 200;

const EMOJI = { opened: '🔴', rollback_unconfirmed: '🚨', rolled_back: '✅', resolved: '☑️' } as const;

const HEADLINES = {
  opened: '',
  rollback_unconfirmed: 'Rollback not confirmed: ',
  rolled_back: 'Rolled back: ',
  resolved: 'Resolved: ',
} as const;

type Text = { readonly type: 'mrkdwn' | 'plain_text'; readonly text: string };

export type SlackBlock =
  | { readonly type: 'header'; readonly text: Text }
  | { readonly type: 'section'; readonly text: Text }
  | { readonly type: 'section'; readonly fields: readonly Text[] }
  | { readonly type: 'context'; readonly elements: readonly Text[] };

export interface SlackPayload {
  /** Shown in notifications and by clients without blocks. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/**
 * Posts to a Slack incoming webhook.
 * @param webhookUrl gives the URL when it is used; it is a password and never leaves this notifier but as the request
 */
export function createSlackNotifier(name: string, webhookUrl: () => string, { outbound }: NotifierParts): Notifier {
  outbound.check(webhookUrl());
  return {
    name,
    type: 'slack',
    async notify(message) {
      const body = JSON.stringify(slackPayload(message));
      return deliveryOf(
        await outbound.post({ url: webhookUrl(), headers: { 'content-type': 'application/json' }, body }),
      );
    },
  };
}

/** The message in Block Kit, within every limit of {@link SLACK_LIMITS} whatever the texts are. */
export function slackPayload(message: NotifierMessage): SlackPayload {
  const title = `${EMOJI[message.occasion]} ${HEADLINES[message.occasion]}${message.title}`;
  const blocks: SlackBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: escaped(title, SLACK_LIMITS.headerText) } },
    section(escaped(message.doing, MAX_METRIC_TEXT_LENGTH)),
    { type: 'section', fields: fields(message) },
    ...(message.finding === null ? [] : [section(findingText(message.finding))]),
    ...(message.attribution === ''
      ? []
      : [section(`*Which surface did it*\n${escaped(message.attribution, MAX_METRIC_TEXT_LENGTH)}`)]),
    ...message.metrics.slice(0, MAX_METRICS).map((note) => section(metricText(note))),
    ...changes(message.changes),
    section(`<${message.link}|Open the incident>`),
    {
      type: 'context',
      elements: [markdown(escaped(`${message.incidentId} · ${message.idempotencyKey}`, MAX_FIELD_VALUE_LENGTH))],
    },
  ];
  return { text: escaped(`${title}. ${message.doing}`, SLACK_LIMITS.sectionText), blocks };
}

function fields(message: NotifierMessage): Text[] {
  const versions = message.versions.map(
    ({ surface, baseline, candidate }) =>
      [`Changed: ${surface}`, `${cut(baseline, MAX_FIELD_VALUE_LENGTH / 2 - 3)} → ${candidate}`] as const,
  );
  return [
    ['Target', message.targetName] as const,
    ['State', message.state.replaceAll('_', ' ')] as const,
    ...(message.candidateShare === null ? [] : [['Candidate’s share', formatRate(message.candidateShare)] as const]),
    ...versions,
  ]
    .slice(0, SLACK_LIMITS.fields)
    .map(([label, value]) => markdown(`*${label}*\n${escaped(value, MAX_FIELD_VALUE_LENGTH)}`));
}

function metricText({ metric, evaluation }: MetricNote): string {
  const { baseline, candidate, difference, harm } = evaluation;
  const lines = [
    escaped(evaluation.failure, MAX_FIELD_VALUE_LENGTH),
    `candidate ${formatEstimate(candidate)}`,
    `baseline ${formatEstimate(baseline)}`,
    `difference ${formatDifference(difference)}`,
    `evidence (e-value) ${formatEvidence(harm.maxLogE)}, threshold ${formatEvidence(harm.logThreshold)}`,
  ];
  return `*${escaped(metric, MAX_FIELD_VALUE_LENGTH)}*: ${lines.join('\n')}`;
}

function findingText({ detector, metric, question, method, n, effect, evidence }: FindingDraft): string {
  const lines = [
    question,
    ...(Object.keys(n).length === 0 ? [] : [`looked at: ${formatUnits(n)}`]),
    ...(effect === null ? [] : [formatEffect(effect)]),
    ...(evidence === null ? [] : [formatFindingEvidence(evidence)]),
    `by ${method}`,
  ];
  const name = metric === '' ? detector : `${detector}: ${metric}`;
  return `*${escaped(name, MAX_FIELD_VALUE_LENGTH)}*\n${lines.map((line) => escaped(line, MAX_FIELD_VALUE_LENGTH)).join('\n')}`;
}

function changes(lines: readonly string[]): SlackBlock[] {
  if (lines.length === 0) return [];
  const shown = ['What changed around then:', ...lines].slice(0, SLACK_LIMITS.contextElements);
  return [{ type: 'context', elements: shown.map((line) => markdown(escaped(line, MAX_CHANGE_LENGTH))) }];
}

function section(text: string): SlackBlock {
  return { type: 'section', text: markdown(text) };
}

function markdown(text: string): Text {
  return { type: 'mrkdwn', text };
}

/** Slack's three control characters as entities, in at most `limit` characters after escaping; never half an entity. */
function escaped(text: string, limit: number): string {
  const safe = cut(text, limit).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (safe.length <= limit) return safe;
  return `${safe.slice(0, limit - 1).replace(/&[a-z]{0,3}$|[\uD800-\uDBFF]$/, '')}…`;
}
