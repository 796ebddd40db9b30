import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { demo } from '../../src/cli/commands/demo.js';
import { Child } from '../../src/cli/demo/child.js';
import { MessageReceiver, type ReceivedMessage } from '../../src/cli/demo/receiver.js';
import { type DemoEvidence, type DemoResult, unmetExpectations } from '../../src/cli/demo/result.js';
import { SCENARIOS } from '../../src/cli/demo/scenario.js';
import { serviceConfiguration } from '../../src/cli/demo/service-configuration.js';
import { loadConfig } from '../../src/config/index.js';

const directory = mkdtempSync(join(tmpdir(), 'leeway-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function scenario(name: string) {
  const found = SCENARIOS.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no scenario ${name}`);
  return found;
}

const ROLLED_BACK: DemoResult = {
  scenario: 'schema-break',
  verdict: 'rollback',
  incidentState: 'rolled_back',
  candidateGenerations: 180,
  secondsFromFirstBadBucketClosed: 10,
  rollbackCalls: 1,
  confirmed: true,
  spansSent: 9_000,
  spansStored: 9_000,
};
const EVIDENCE: DemoEvidence = {
  blame: ['compliance'],
  webhookCalls: 1,
  webhookIds: 1,
  slackMessages: 2,
  pagerTriggers: 1,
  pagerResolves: 1,
  requestsFailed: 0,
};

describe('the expectation of a scenario', () => {
  it('holds only if every part of the story happened', () => {
    const schemaBreak = scenario('schema-break');
    const unmet = (result: Partial<DemoResult>, evidence: Partial<DemoEvidence> = {}) =>
      unmetExpectations(schemaBreak, { ...ROLLED_BACK, ...result }, { ...EVIDENCE, ...evidence });
    expect(unmet({})).toEqual([]);
    expect(unmet({ verdict: 'hold' })).toEqual(['the verdict is hold, not rollback']);
    expect(unmet({ incidentState: 'rolling_back', confirmed: false })).toHaveLength(2);
    expect(unmet({ spansStored: 8_999 })).toEqual(['9000 spans were acknowledged, 8999 are in the store']);
    expect(unmet({ spansSent: 0, spansStored: 0 })).toEqual(['the fleet sent no spans']);
    expect(unmet({ rollbackCalls: 2 }, { webhookIds: 2 })).toHaveLength(2);
    expect(unmet({}, { slackMessages: 1, pagerResolves: 0 })).toHaveLength(2);
    expect(unmet({}, { blame: ['task_success'] })).toEqual(['compliance is not blamed (task_success)']);
  });

  it('wants retries when the registry is down, and one accepted call', () => {
    const down = scenario('registry-down');
    expect(unmetExpectations(down, ROLLED_BACK, EVIDENCE)).toEqual(['the webhook was not tried again after a 503']);
    expect(unmetExpectations(down, ROLLED_BACK, { ...EVIDENCE, webhookCalls: 5 })).toEqual([]);
  });

  it('wants silence when all is well', () => {
    const healthy = scenario('healthy');
    const quiet = { ...ROLLED_BACK, verdict: 'promote', incidentState: null, rollbackCalls: 0, confirmed: false };
    const nobody = { ...EVIDENCE, blame: [], webhookCalls: 0, webhookIds: 0, slackMessages: 0, pagerTriggers: 0 };
    expect(unmetExpectations(healthy, quiet, nobody)).toEqual([]);
    expect(unmetExpectations(healthy, { ...quiet, verdict: 'insufficient_data' }, nobody)).toHaveLength(1);
    expect(unmetExpectations(healthy, ROLLED_BACK, EVIDENCE)).toHaveLength(4);
  });
});

describe('the command', () => {
  it('names the scenarios it knows when it is asked for another', async () => {
    const errors: string[] = [];
    const io = { out: () => {}, err: (line: string) => errors.push(line), env: {}, signal: AbortSignal.abort() };
    expect(await demo.run(['--scenario', 'earthquake'], io)).toBe(2);
    expect(await demo.run(['--fast'], io)).toBe(2);
    expect(errors[0]).toContain('schema-break, healthy, silent-failure, registry-down');
  });
});

describe('the demo’s service configuration', () => {
  it('is one that the service accepts, with every secret by reference', () => {
    const path = join(directory, 'leeway.yaml');
    const text = serviceConfiguration({
      leewayUrl: 'http://127.0.0.1:4318',
      registryUrl: 'http://127.0.0.1:4400',
      receiverUrl: 'http://127.0.0.1:4500',
    });
    writeFileSync(path, text);
    const secrets = { DEMO_REGISTRY_SECRET: 'a', DEMO_SLACK_URL: 'b', DEMO_PAGERDUTY_ROUTING_KEY: 'c' };
    const config = loadConfig({ LEEWAY_CONFIG: path, ...secrets });
    expect(config.outbound.allowHosts).toEqual(['127.0.0.1:4400', '127.0.0.1:4500']);
    expect(config.targets[0]?.policy).toMatchObject({ mode: 'auto' });
    expect(parse(text).registries[0].secret).toEqual({ env: 'DEMO_REGISTRY_SECRET' });
  });
});

describe('the stand-in for Slack and PagerDuty', () => {
  it('answers as they do and keeps the title lines', async () => {
    const heard: ReceivedMessage[] = [];
    const receiver = new MessageReceiver((message) => heard.push(message));
    const url = await receiver.listen();
    const slack = await fetch(`${url}/slack`, { method: 'POST', body: JSON.stringify({ text: 'Title\nrest' }) });
    const event = { event_action: 'trigger', dedup_key: 'inc_1', payload: { summary: 'Broken' } };
    const pager = await fetch(`${url}/v2/enqueue`, { method: 'POST', body: JSON.stringify(event) });
    expect([slack.status, await slack.text(), pager.status]).toEqual([200, 'ok', 202]);
    await pager.body?.cancel();
    const garbled = await fetch(`${url}/slack`, { method: 'POST', body: '{' });
    expect(garbled.status).toBe(400);
    await receiver.close();
    expect(heard).toEqual([
      { channel: 'slack', title: 'Title' },
      { channel: 'pager', action: 'trigger', title: 'Broken', dedupKey: 'inc_1' },
    ]);
    expect(receiver.messages).toEqual(heard);
  });
});

function startChild(source: string, onLine?: (line: string) => void): Child {
  const script = join(directory, `child-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(script, source);
  return new Child({ name: 'sample', script, args: [], env: {}, ...(onLine && { onLine }) });
}

describe('a process of the demo', () => {
  it('hands on its lines, hears what it is told, and ends when it is stopped', async () => {
    const lines: string[] = [];
    let heard: () => void = () => {};
    const answered = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const child = startChild(`process.stdin.on('data', (data) => console.log('got ' + data));`, (line) => {
      lines.push(line);
      heard();
    });
    child.tell('hello');
    await child.whileRunning(answered);
    expect(lines[0]).toBe('got hello');
    await child.stop();
    expect(await child.exited).toBeNull();
    await child.stop();
  });

  it('that ends too early says why, with its last words', async () => {
    const child = startChild(`console.error('no disk'); process.exit(3);`);
    await expect(child.whileRunning(new Promise(() => {}))).rejects.toThrow(
      /sample process ended \(exit code 3\).*\n.*no disk/s,
    );
  });
});
