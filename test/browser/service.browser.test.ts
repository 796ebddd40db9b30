import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type AnsweringServer, answer, startServer } from '../actions/answering-server.js';
import { cleanUp } from '../support/cleanup.js';
import { temporaryDirectory } from '../support/engine.js';
import { type RunningLeeway, startLeeway } from '../support/leeway.js';
import { type Call, tracesBody } from '../support/otlp.js';
import { openTab, startBrowser, type Tab } from '../support/page/browser.js';

/** Event time of what is sent: far enough back that every watermark has passed. */
const AGE_SECONDS = 440;
const TRACE_ID = 'c0'.repeat(16);
const INSTRUCTIONS = 'Sort the ticket. <img src=x onerror="window.hostile = true">';

let browser: Browser;
let leeway: RunningLeeway;
let registry: AnsweringServer;
let tab: Tab;

beforeAll(async () => {
  registry = await startServer(answer(200));
  const directory = temporaryDirectory();
  const config = join(directory, 'leeway.yaml');
  writeFileSync(
    config,
    [
      'targets: [{ match: {}, policy: { mode: approve } }]',
      `registries: [{ name: prompts, type: webhook, url: "${registry.url}/hook", secret: { env: SECRET }, surfaces: [prompt] }]`,
      `outbound: { allowHosts: ["${registry.host}"] }`,
    ].join('\n'),
  );
  leeway = await startLeeway(directory, { LEEWAY_CONFIG: config, SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
  browser = await startBrowser();
  cleanUp(() => browser.close());
  tab = await openTab(browser, leeway.url);
}, 120_000);

async function send(calls: readonly Call[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${leeway.url}/v1/traces`, { method: 'POST', headers, body: tracesBody(calls) });
  expect(response.status).toBe(200);
}

/** A tenth of the calls runs prompt v13 after a while; a quarter of those breaks. */
function story(): Call[] {
  const start = Date.now() / 1000 - AGE_SECONDS;
  return Array.from({ length: 3000 }, (_, index) => {
    const candidate = index >= 1000 && index % 10 === 0;
    const call = { at: start + index / 10, prompt: candidate ? 'v13' : 'v12', broken: candidate && index % 40 === 0 };
    return index === 0 ? { ...call, traceId: TRACE_ID, instructions: INSTRUCTIONS } : call;
  });
}

test('from an empty page to an approved rollback, all by itself but for the approval', {
  timeout: 120_000,
}, async () => {
  const { page, errors, foreign } = tab;
  await page.getByRole('heading', { name: `No spans yet. Point an OTLP exporter at ${leeway.url}` }).waitFor();
  await send(story());

  await page.getByRole('heading', { name: 'support-bot · test · triage' }).waitFor();
  const vectors = page.locator('table.cards').filter({ hasText: 'Version vector' });
  await vectors.getByText('93.3\u202f% of the hour').waitFor();
  await vectors.getByText('6.7\u202f% of the hour').waitFor();

  await page.getByText('awaiting approval').first().waitFor();
  await page.locator('.row-title').first().click();
  await page.getByRole('heading', { name: 'Timeline' }).waitFor();
  await page.getByText('Only the prompt was changed.').waitFor();
  expect(registry.requests).toHaveLength(0);
  await page.getByRole('button', { name: 'Approve' }).click();
  await page
    .getByRole('dialog')
    .getByLabel(/Your name/)
    .fill('Ada');
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await expect.poll(() => registry.requests.length).toBe(1);
  await page.getByText('rolling back').first().waitFor();
  await page.getByText('Ada').first().waitFor();

  await page.getByRole('link', { name: 'Rollout and its charts' }).click();
  await page.getByText('Latched verdict').waitFor();
  expect(await page.getByRole('slider', { name: /Evidence of harm/ }).count()).toBeGreaterThan(0);
  await page.getByRole('heading', { name: 'Failing generations of the candidate' }).waitFor();
  await page.getByText('not json').first().waitFor();
  expect({ errors, foreign }).toEqual({ errors: [], foreign: [] });
});

test('a trace shows the exact instructions that a call ran with, as text', async () => {
  const { page, errors } = tab;
  await page.goto(`${leeway.url}/traces/${TRACE_ID}`);
  await page.getByText(INSTRUCTIONS).waitFor();
  await page.getByRole('cell', { name: 'tagged' }).waitFor();
  expect(await page.evaluate("'hostile' in window")).toBe(false);
  expect(errors).toEqual([]);
});

test('every address of the page can be opened directly', async () => {
  for (const path of ['/', '/incidents', '/generations', '/targets/x', '/rollouts/x', '/incidents/x', '/traces/x']) {
    const response = await fetch(leeway.url + path);
    const type = response.headers.get('content-type');
    expect([path, response.status, type]).toEqual([path, 200, expect.stringContaining('text/html')]);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
  }
});
