import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig, targetConfig } from '../../src/config/index.js';
import { temporaryDirectory } from '../support/engine.js';

const directory = temporaryDirectory();

function withFile(yaml: string, environment: Record<string, string> = {}) {
  const path = join(directory, 'leeway.yaml');
  writeFileSync(path, yaml);
  return loadConfig({ LEEWAY_CONFIG: path, ...environment });
}

describe('configuration', () => {
  it('has defaults for everything', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 4318,
      grpcPort: 4317,
      targets: [],
      spoolFsync: 'interval',
    });
    expect(config.retention.generations).toBe(60);
    expect(config.publicUrl).toBe('http://127.0.0.1:4318');
  });

  it('takes the public URL from the environment before the file', () => {
    expect(withFile('publicUrl: https://leeway.example/', {}).publicUrl).toBe('https://leeway.example');
    const config = withFile('publicUrl: https://leeway.example', { LEEWAY_PUBLIC_URL: 'https://other.example/' });
    expect(config.publicUrl).toBe('https://other.example');
    expect(() => loadConfig({ LEEWAY_PUBLIC_URL: 'leeway.example' })).toThrow(/LEEWAY_PUBLIC_URL/);
  });

  it('names every problem with its place', () => {
    const broken = 'targets:\n  - match: {}\n    policy: { mode: always, soakSeconds: -1 }\nnotifyers: []\n';
    expect(() => withFile(broken)).toThrow(/\/targets\/0\/policy\/mode[\s\S]*\/targets\/0\/policy\/soakSeconds/);
    expect(() => withFile(broken)).toThrow(/notifyers/);
  });

  it('refuses a secret that is not there, by its name', () => {
    const yaml = 'notifiers:\n  - { name: chat, type: slack, url: { env: CHAT_URL } }\n';
    expect(() => withFile(yaml)).toThrow(/CHAT_URL is not set/);
    const config = withFile(yaml, { CHAT_URL: 'https://chat.example/hook' });
    expect(JSON.stringify(config)).not.toContain('chat.example');
  });

  it('takes webhooks, with their secrets by reference', () => {
    const yaml = (more: string) =>
      `webhooks:\n  - { name: prompts, type: langfuse, secret: { env: HOOK }, target: { service: bot }${more} }\n`;
    const config = withFile(yaml(', surface: prompt'), { HOOK: 'the-secret-of-the-hook' });
    expect(config.webhooks).toEqual([
      {
        name: 'prompts',
        type: 'langfuse',
        secret: { env: 'HOOK' },
        target: { service: 'bot' },
        surface: 'prompt',
        only: {},
        label: 'production',
      },
    ]);
    expect(JSON.stringify(config)).not.toContain('the-secret');
    expect(() => withFile(yaml(''))).toThrow(/HOOK is not set/);
    expect(() => withFile(yaml(', surface: weather'), { HOOK: 'x' })).toThrow(/\/webhooks\/0\/surface/);
    expect(() => withFile(yaml(', secrets: x'), { HOOK: 'x' })).toThrow(/secrets/);
    const twice = yaml('') + yaml('').replace('webhooks:\n', '');
    expect(() => withFile(twice, { HOOK: 'x' })).toThrow(/two webhooks are called prompts/);
  });

  it('refuses to listen beyond this machine without keys', () => {
    expect(() => loadConfig({ LEEWAY_HOST: '0.0.0.0' })).toThrow(/only binds to this machine/);
  });

  it('refuses numbers and URLs that are not', () => {
    expect(() => loadConfig({ LEEWAY_PORT: '80x' })).toThrow(/LEEWAY_PORT=80x/);
    expect(() => loadConfig({ QUEUE_URL: 'localhost' })).toThrow(/QUEUE_URL/);
  });

  it('has a gRPC port of its own, or none', () => {
    expect(loadConfig({ LEEWAY_GRPC_PORT: 'off' }).grpcPort).toBeNull();
    expect(loadConfig({ LEEWAY_GRPC_PORT: '0', LEEWAY_PORT: '0' }).grpcPort).toBe(0);
    expect(() => loadConfig({ LEEWAY_GRPC_PORT: 'on' })).toThrow(/LEEWAY_GRPC_PORT=on/);
    expect(() => loadConfig({ LEEWAY_PORT: '4317' })).toThrow(/LEEWAY_PORT and LEEWAY_GRPC_PORT are both 4317/);
  });

  it('gives a target the first entry that matches', () => {
    const config = withFile(
      'targets:\n  - match: { service: bot }\n    policy: { mode: auto }\n  - match: {}\n    policy: { mode: approve }\n',
    );
    const target = { service: 'bot', environment: 'production', operation: 'triage' };
    expect(targetConfig(config, target)?.policy?.mode).toBe('auto');
    expect(targetConfig(config, { ...target, service: 'other' })?.policy?.mode).toBe('approve');
  });
});
