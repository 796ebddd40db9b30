import { createHmac } from 'node:crypto';
import type { WebhookRequest } from '../../../collectors/webhooks/source.js';

/** What a sender posts, signed as that sender signs; deliberately not with the code under test. */
export const SECRETS = {
  langfuse: `lf-whsec_${'0123456789abcdef'.repeat(4)}`,
  launchdarkly: 'launchdarkly-secret',
  github: "It's a Secret to Everybody",
  token: 'a-token-that-nobody-guesses',
  standard: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
} as const;

const hex = (secret: string, signed: string) => createHmac('sha256', secret).update(signed).digest('hex');

export function fromLangfuse(payload: unknown, atSeconds: number): WebhookRequest {
  const body = JSON.stringify(payload);
  const signature = `t=${atSeconds},v1=${hex(SECRETS.langfuse, `${atSeconds}.${body}`)}`;
  return posted(body, { 'x-langfuse-signature': signature });
}

export function fromLaunchDarkly(payload: unknown): WebhookRequest {
  const body = JSON.stringify(payload);
  return posted(body, { 'x-ld-signature': hex(SECRETS.launchdarkly, body) });
}

export function fromGitHub(event: string, payload: unknown): WebhookRequest {
  const body = JSON.stringify(payload);
  return posted(body, { 'x-github-event': event, 'x-hub-signature-256': `sha256=${hex(SECRETS.github, body)}` });
}

export function withBearer(payload: unknown, headers: Record<string, string> = {}): WebhookRequest {
  return posted(JSON.stringify(payload), { authorization: `Bearer ${SECRETS.token}`, ...headers });
}

export function fromStandard(
  payload: unknown,
  { id, atSeconds, headers = {} }: { id: string; atSeconds: number; headers?: Record<string, string> },
): WebhookRequest {
  const body = JSON.stringify(payload);
  const key = Buffer.from(SECRETS.standard.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${atSeconds}.${body}`).digest('base64');
  return posted(body, {
    'webhook-id': id,
    'webhook-timestamp': String(atSeconds),
    'webhook-signature': `v1,${signature}`,
    ...headers,
  });
}

export function posted(body: string, headers: Record<string, string>, token = ''): WebhookRequest {
  return { headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(body), token };
}

/** A move of the label `production` in Langfuse, as one of its two events tells it. */
export function promptVersion(version: number, labels: readonly string[], more: object = {}) {
  return {
    id: `evt-${version}-${labels.join('-')}`,
    timestamp: '2026-11-23T11:59:58.000Z',
    type: 'prompt-version',
    apiVersion: 'v1',
    action: 'updated',
    user: { name: 'Ada', email: 'ada@example.com' },
    prompt: {
      id: 'clxyz',
      name: 'support-triage',
      version,
      projectId: 'p1',
      createdBy: 'ada',
      labels,
      prompt: 'Answer in JSON.',
      type: 'text',
      config: {},
      commitMessage: 'shorter',
      tags: [],
      createdAt: '2026-11-20T08:00:00.000Z',
      updatedAt: '2026-11-23T11:59:58.000Z',
    },
    ...more,
  };
}

/** An entry of LaunchDarkly's audit log: what a flag served in an environment before and after. */
export function flagChange(before: object, after: object, more: object = {}) {
  const flag = (environment: object) => ({
    key: 'triage-prompt',
    name: 'Triage prompt',
    kind: 'multivariate',
    variations: [
      { _id: 'a', value: 'v12', name: 'Twelve' },
      { _id: 'b', value: 'v13', name: 'Thirteen' },
      { _id: 'c', value: 'x'.repeat(1000), name: 'A whole prompt' },
    ],
    environments: { production: environment, test: { on: false, offVariation: 0 } },
  });
  return {
    _id: '57c0a8e29969090743529965',
    _accountId: '1',
    date: Date.parse('2026-11-23T11:50:00Z'),
    accesses: [{ action: 'updateFallthrough', resource: 'proj/shop:env/production:flag/triage-prompt' }],
    kind: 'flag',
    name: 'Triage prompt',
    comment: 'try thirteen',
    member: { email: 'reese@example.com', firstName: 'Reese', lastName: 'Applebaum' },
    previousVersion: flag(before),
    currentVersion: flag(after),
    ...more,
  };
}

export function deploymentStatus(state: string, deployment: object = {}) {
  return {
    action: 'created',
    deployment_status: {
      id: 9,
      state,
      creator: { login: 'octocat' },
      environment: 'production',
      created_at: '2026-11-23T11:40:00Z',
    },
    deployment: {
      id: 4711,
      sha: 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e',
      ref: 'main',
      task: 'deploy',
      payload: {},
      environment: 'production',
      description: 'nightly',
      ...deployment,
    },
    repository: { id: 1, name: 'support-bot', full_name: 'example/support-bot' },
    sender: { login: 'octocat' },
  };
}

export function cdevent(predicate: string, more: { id?: string; content?: object; customData?: object } = {}) {
  return {
    context: {
      specversion: '0.6.0-draft',
      id: more.id ?? '271069a8-fc18-44f1-b38f-9d70a1695819',
      source: '/pipelines/release',
      type: `dev.cdevents.${predicate}.0.3.0`,
      timestamp: '2026-11-23T11:30:00.315384Z',
    },
    subject: {
      id: 'support-bot',
      source: '/pipelines/release',
      content: more.content ?? {
        environment: { id: 'production' },
        artifactId: 'pkg:oci/support-bot@sha256%3A0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427',
      },
    },
    ...(more.customData && { customData: more.customData }),
  };
}
