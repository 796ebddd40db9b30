import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentPolicy, loadConfig } from '../../src/config/index.js';
import { temporaryDirectory } from '../support/engine.js';

const path = join(temporaryDirectory(), 'leeway.yaml');

function withFile(yaml: string, environment: Record<string, string> = {}) {
  writeFileSync(path, yaml);
  return loadConfig({ LEEWAY_CONFIG: path, ...environment });
}

const target = (service: string, environment: string, operation: string) => ({ service, environment, operation });

describe('content', () => {
  it('is kept in full unless something is configured; the environment goes before the file', () => {
    const config = loadConfig({});
    expect(config.content).toBe('full');
    expect(config.redaction).toEqual({
      detectors: ['email', 'card', 'iban', 'phone', 'secret'],
      patterns: [],
      contentAttributes: [],
    });
    expect(withFile('content: redacted\n').content).toBe('redacted');
    expect(withFile('content: redacted\n', { LEEWAY_CONTENT: 'none' }).content).toBe('none');
    expect(() => withFile('content: some\n')).toThrow(/\/content/);
    expect(() => loadConfig({ LEEWAY_CONTENT: 'some' })).toThrow(/LEEWAY_CONTENT=some: must be one of full, redacted/);
  });

  it('is that of the first entry that matches, and for a service the strictest it may have', () => {
    const policy = contentPolicy(
      withFile(`
content: redacted
targets:
  - { match: { service: bot, operation: chat }, content: none }
  - { match: { service: bot, environment: test }, content: full }
  - { match: { service: bot, environment: test, operation: other }, content: none }
`),
    );
    expect(policy.modeOf(target('bot', 'test', 'chat'))).toBe('none');
    expect(policy.modeOf(target('bot', 'test', 'other'))).toBe('full');
    expect(policy.modeOf(target('shop', 'test', 'chat'))).toBe('redacted');
    expect(policy.strictestOf('bot', 'test')).toBe('none');
    expect(policy.strictestOf('shop', 'test')).toBe('redacted');
    expect(policy).toMatchObject({ strictest: 'none', isUniform: false });
    expect(contentPolicy(withFile('targets: [{ match: { service: bot } }]'))).toMatchObject({
      strictest: 'full',
      isUniform: true,
    });
    const test = contentPolicy(withFile('content: none\ntargets: [{ match: { service: bot }, content: full }]'));
    expect(test.strictestOf('bot', 'production')).toBe('full');
  });
});
