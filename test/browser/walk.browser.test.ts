import type { Browser, Page } from 'playwright-core';
import { Value } from 'typebox/value';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as schemas from '../../src/api/schemas.js';
import { openTab, startBrowser, type Tab } from '../support/page/browser.js';
import { answerTo, type PageServer, servePage } from '../support/page/server.js';
import { pageStory } from '../support/page/story.js';

let browser: Browser;
let server: PageServer;
const tabs: Tab[] = [];

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
});
beforeEach(async () => {
  server = await servePage(pageStory(Date.now()));
});
afterEach(async () => {
  await Promise.all(tabs.splice(0).map(({ context }) => context.close()));
  await server.close();
});

async function open(path: string): Promise<Page> {
  const tab = await openTab(browser, server.url + path);
  tabs.push(tab);
  return tab.page;
}

const focusedText = (page: Page) => page.evaluate<string>('document.activeElement.textContent');

/** Presses Tab until the focused element's text fits; fails when the page has run out of places. */
async function tabTo(page: Page, text: RegExp): Promise<void> {
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab');
    const focused = await focusedText(page);
    if (text.test(focused)) return;
  }
  throw new Error(`Tab never reached ${text}`);
}

describe('with the keyboard alone', () => {
  test('one walks from the overview to a rollout and back', async () => {
    const page = await open('/');
    await page.getByText('Running rollouts').waitFor();
    await page.keyboard.press('Tab');
    expect(await focusedText(page)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await tabTo(page, /gpt-4o-2024-08-06/);
    await page.keyboard.press('Enter');
    await page.getByText('Verdict:').waitFor();
    expect(new URL(page.url()).pathname).toBe('/rollouts/deploy-2291');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await page.goBack();
    await page.getByRole('heading', { name: 'Running rollouts' }).waitFor();
    expect(await page.title()).toBe('Overview · Leeway');
  });

  test('a chart is stepped through time, and says what it shows', async () => {
    const page = await open(`/rollouts/${server.story.rollouts[1]?.id}`);
    const scrub = page.getByRole('slider', { name: /Evidence of harm/ }).first();
    await scrub.focus();
    const last = await scrub.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowLeft');
    const before = await scrub.getAttribute('aria-valuetext');
    expect(before).toMatch(/e-value .* threshold 60/);
    expect(before).not.toBe(last);
    expect(await page.getByText(before ?? '').count()).toBe(1);
  });

  test('the numbers behind a chart are a table', async () => {
    const page = await open(`/rollouts/${server.story.rollouts[1]?.id}`);
    await page.locator('details.numbers summary').first().click();
    await page.getByRole('columnheader', { name: 'n candidate' }).waitFor();
    expect(await page.locator('details.numbers[open] tbody tr').count()).toBe(120);
  });
});

describe('while the page is open', () => {
  test('a change that the service announces shows up', async () => {
    const page = await open('/');
    await page.getByRole('status').getByText('live').waitFor();
    expect(await page.getByText('retry storm').count()).toBe(0);
    const incident = server.story.incidents[1];
    if (incident) incident.title = 'A retry storm in the pager';
    server.change('incidents');
    await page.getByText('A retry storm in the pager').waitFor();
  });

  test('a service that went away is said so, and its return is noticed', async () => {
    const page = await open('/');
    await page.getByRole('status').getByText('live').waitFor();
    server.answer(false);
    await page.getByRole('status').getByText('offline').waitFor();
    const incident = server.story.incidents[1];
    if (incident) incident.title = 'Opened while the page was cut off';
    server.answer(true);
    await page.getByText('Opened while the page was cut off').waitFor();
    await page.getByRole('status').getByText('live').waitFor();
  });
});

describe('a person decides', () => {
  test('an approval is asked for once more, then sent with the name of who gave it', async () => {
    const page = await open(`/incidents/${server.story.incidents[0]?.id}`);
    await page.getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('prompt-registry').waitFor();
    expect(server.posts).toEqual([]);
    await dialog.getByLabel(/Your name/).fill('Ada');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('pending').first().waitFor();
    expect(server.posts).toEqual(['POST /actions/act_c0ffee00c0ffee00/approve {"actor":"Ada"}']);
  });

  test('an incident is acknowledged, and resolved with a comment', async () => {
    const id = server.story.incidents[1]?.id;
    const page = await open(`/incidents/${id}`);
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('acknowledged').first().waitFor();
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page
      .getByRole('dialog')
      .getByLabel(/Comment/)
      .fill('Prompt fixed');
    await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click();
    await page.locator('.page-aside').getByText('resolved').waitFor();
    expect(server.posts).toEqual([
      `POST /incidents/${id}/acknowledge {}`,
      `POST /incidents/${id}/resolve {"comment":"Prompt fixed"}`,
    ]);
  });

  test('Escape leaves the dialog and changes nothing', async () => {
    const page = await open(`/incidents/${server.story.incidents[0]?.id}`);
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(server.posts).toEqual([]);
  });
});

test('the story is told in the shapes of the API', () => {
  const story = server.story;
  const errors = [
    ...Value.Errors(schemas.ServiceStatus, answerTo(story, new URL('http://x/api/v1/status'))),
    ...story.targets.flatMap((target) => [...Value.Errors(schemas.TargetSummary, target)]),
    ...story.vectors.flatMap((vector) => [...Value.Errors(schemas.VectorSummary, vector)]),
    ...story.rollouts.flatMap((rollout) => [...Value.Errors(schemas.RolloutDetail, rollout)]),
    ...story.incidents.flatMap((incident) => [...Value.Errors(schemas.IncidentDetail, incident)]),
    ...story.generations.flatMap((generation) => [...Value.Errors(schemas.Generation, generation)]),
    ...story.traces.flatMap((trace) => [...Value.Errors(schemas.Trace, trace)]),
    ...story.deployments.flatMap((deployment) => [...Value.Errors(schemas.Deployment, deployment)]),
  ];
  expect(errors).toEqual([]);
});
