import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig, targetConfig } from '../../src/config/index.js';
import { packageFile } from '../../src/package-file.js';
import { rolloutPolicy } from '../../src/rollouts/index.js';

const path = packageFile('leeway.example.yaml');

/** The variables that the file's own head tells people to export. */
const NAMED = {
  PROMPT_REGISTRY_SECRET: 'whsec_c2VjcmV0',
  SLACK_WEBHOOK_URL: 'https://x',
  PAGERDUTY_ROUTING_KEY: 'key',
  LANGFUSE_WEBHOOK_SECRET: 'lf-whsec_0123456789abcdef',
};

describe('leeway.example.yaml', () => {
  it('loads with the environment that it names', () => {
    const config = loadConfig({ LEEWAY_CONFIG: path, ...NAMED });
    expect(config.registries.map(({ name }) => name)).toEqual(['prompts']);
    expect(config.notifiers.map(({ type }) => type)).toEqual(['slack', 'pagerduty']);
    expect(config.webhooks).toMatchObject([{ type: 'langfuse', label: 'production', only: {} }]);
    expect(config.retention).toMatchObject({ otel_traces: 7, generations: 60, cells: 400 });
  });

  it('needs every variable that its head exports, and no other', () => {
    const head = /export (.*=.*)/.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
    expect([...head.matchAll(/(\w+)=/g)].map(([, name]) => name)).toEqual(Object.keys(NAMED));
    for (const name of Object.keys(NAMED))
      expect(() => loadConfig({ LEEWAY_CONFIG: path, ...NAMED, [name]: undefined })).toThrow(name);
  });

  it('has policies that a rollout can start with', () => {
    const config = loadConfig({ LEEWAY_CONFIG: path, ...NAMED });
    const target = { service: 'support-bot', environment: 'production', operation: 'support-triage' };
    const policies = config.targets.map(({ policy }) => rolloutPolicy(policy));
    expect(policies.map(({ mode }) => mode)).toEqual(['auto', 'approve']);
    expect(targetConfig(config, target)?.policy?.mode).toBe('auto');
    expect(targetConfig(config, { ...target, operation: 'other' })?.policy?.mode).toBe('approve');
  });
});
