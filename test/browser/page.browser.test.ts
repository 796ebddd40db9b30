import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTab, startBrowser, type Tab } from '../support/page/browser.js';
import { type PageServer, servePage } from '../support/page/server.js';
import { pageStory } from '../support/page/story.js';

/** Read as text: it runs in the page, not here. */
const FAINT_TEXT = readFileSync(join(import.meta.dirname, 'faint-text.js'), 'utf8');

/** `Nov 23 23:48:05 12 min ago` */
const DATED_MINUTES = /^[A-Z][a-z]{2} \d+ [\d:]+ \d+\smin ago/;

const PHONE = { viewport: { width: 375, height: 800 }, isMobile: true, hasTouch: true };

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

async function open(path: string, options: Parameters<typeof openTab>[2] = {}): Promise<Tab> {
  const tab = await openTab(browser, server.url + path, options);
  tabs.push(tab);
  return tab;
}

interface View {
  readonly path: string;
  /** Words that only its content has. */
  readonly shows: string;
}

function views(): View[] {
  const { rollouts, incidents, traces, targets } = server.story;
  return [
    { path: '/', shows: 'Live versions' },
    { path: `/targets/${targets[0]?.targetId}`, shows: 'Shorter instructions' },
    { path: `/targets/${targets[0]?.targetId}`, shows: 'they open no incident' },
    { path: `/rollouts/${rollouts[1]?.id}`, shows: 'Latched verdict' },
    { path: `/rollouts/${rollouts[0]?.id}`, shows: 'gpt-4o-2024-11-20' },
    { path: '/incidents', shows: 'awaiting approval' },
    { path: `/incidents/${incidents[1]?.id}`, shows: 'act_91c2d7a04be85f36' },
    { path: `/incidents/${incidents[2]?.id}`, shows: 'Ask for a dated model.' },
    { path: `/traces/${traces[0]?.traceId}`, shows: 'You sort support tickets' },
    { path: '/generations', shows: 'That is all of them' },
    { path: '/catalog', shows: 'docs-assistant' },
    { path: `/catalog/${targets[0]?.targetId}?surface=prompt&version=v13`, shows: 'What was edited under this name' },
    { path: `/catalog/${targets[0]?.targetId}?tool=route_ticket`, shows: 'judged BACKWARD' },
  ];
}

async function openAndRead(view: View, options = {}): Promise<Tab> {
  const tab = await open(view.path, options);
  await read(tab, view);
  return tab;
}

async function read({ page }: Tab, { shows }: View): Promise<void> {
  await page.getByText(shows).first().waitFor();
  await expect.poll(() => page.locator('.loading').count(), { interval: 20 }).toBe(0);
}

/** Opens every view in turn in one tab: a tab for each would be a process for each. */
async function visit(
  visited: readonly View[],
  options: Parameters<typeof openTab>[2],
  look: (tab: Tab, view: View) => Promise<void>,
): Promise<void> {
  let tab: Tab | undefined;
  for (const view of visited) {
    if (tab) await tab.page.goto(server.url + view.path);
    else tab = await open(view.path, options);
    await read(tab, view);
    await look(tab, view);
  }
}

describe('the behaviour of a rollout', () => {
  test('shows what moved, the tone, and outputs that show it', async () => {
    const { page } = await openAndRead({ path: `/rollouts/${server.story.rollouts[0]?.id}`, shows: 'Changed' });
    await expect.poll(() => page.getByText('words of praise').count()).toBe(2);
    const row = page.getByRole('row', { name: /Great question/ });
    expect(await row.textContent()).toMatch(/0\.02.*0\.61/s);
    expect(await page.getByRole('link', { name: 'output 1' }).count()).toBe(2);
  });
});

describe('which surface did it', () => {
  test('is shown with the incident and with the rollout: the arms to run, the mix, and where it happens', async () => {
    const { rollouts, incidents } = server.story;
    for (const path of [`/incidents/${incidents[0]?.id}`, `/rollouts/${rollouts[1]?.id}`]) {
      const { page } = await openAndRead({ path, shows: 'Which surface did it' });
      const section = page.getByRole('region', { name: 'Which surface did it' });
      expect(await section.textContent()).toMatch(/prompt taken back, tools as in the candidate/);
      const row = section.getByRole('row', { name: /16k-50k/ });
      expect(await row.textContent()).toMatch(/1\.3.*14\.1.*\+4\.2 points/s);
    }
    const { page } = await openAndRead({ path: `/incidents/${incidents[2]?.id}`, shows: 'Ask for a dated model.' });
    expect(await page.getByText('Which surface did it').count()).toBe(0);
  });
});

describe('the catalogue', () => {
  test('opens a version with the keyboard, and tells what was edited and whether it may go', async () => {
    const path = `/catalog/${server.story.targets[0]?.targetId}`;
    const { page } = await openAndRead({ path, shows: 'edited: 2 contents' });
    await page.getByRole('link', { name: 'v13' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('not ready to be removed').waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('prompt v13');
    expect(await page.locator('.line-removed mark').first().textContent()).toBe('valid ');
    expect(new URL(page.url()).search).toBe('?surface=prompt&version=v13');
  });
});

describe('every view', () => {
  test('renders under a strict Content-Security-Policy without errors and without asking any other host', async () => {
    await visit(views(), {}, async ({ page, errors, foreign }, view) => {
      expect({ view, errors, foreign }).toEqual({ view, errors: [], foreign: [] });
      expect(await page.title()).toMatch(/ · Leeway$/);
      expect(await page.locator('h1').count()).toBe(1);
    });
  });

  test.each([
    { moment: 'at noon', hour: 12 },
    { moment: 'after midnight, when all that came before it has a date', hour: 0 },
  ])('fits a phone $moment: the page never scrolls sideways', async ({ hour }) => {
    const shownAt = new Date(Date.UTC(2026, 10, 24, hour, 0, 30));
    server.story = pageStory(shownAt.getTime());
    const times: string[] = [];
    await visit(views(), { ...PHONE, shownAt, timezoneId: 'UTC' }, async ({ page }, view) => {
      const widths = await page.evaluate('[document.documentElement.scrollWidth, window.innerWidth]');
      expect({ view, widths }).toEqual({ view, widths: [375, 375] });
      times.push(...(await page.locator('.time').allTextContents()));
    });
    if (hour === 0) expect(times.filter((time) => DATED_MINUTES.test(time)).length).toBeGreaterThan(5);
  });

  test('shows what a model wrote as text, however hostile', async () => {
    const waiting = { path: `/incidents/${server.story.incidents[0]?.id}`, shows: 'approval requested' };
    await visit([...views(), waiting], {}, async ({ page, errors }) => {
      for (const summary of await page.locator('.waterfall summary').all()) await summary.click();
      expect(await page.locator('main img, main script, main [onerror]').count()).toBe(0);
      expect(await page.evaluate("'hostile' in window")).toBe(false);
      expect(errors).toEqual([]);
    });
    const { page } = await openAndRead({ path: `/traces/${server.story.traces[0]?.traceId}`, shows: 'Instructions' });
    expect(await page.locator('.artifact pre').first().textContent()).toContain('<img src=x onerror=');
  });
});

describe('colours', () => {
  const ground = (tab: Tab) => tab.page.evaluate('getComputedStyle(document.documentElement).backgroundColor');

  test('follow the system, and the switch wins and is remembered', async () => {
    const light = await openAndRead({ path: '/', shows: 'Live versions' }, { colorScheme: 'light' });
    const dark = await openAndRead({ path: '/', shows: 'Live versions' }, { colorScheme: 'dark' });
    const [lightGround, darkGround] = [await ground(light), await ground(dark)];
    expect(lightGround).not.toBe(darkGround);
    await dark.page.getByRole('button', { name: /Colours: system/ }).click();
    expect(await ground(dark)).toBe(lightGround);
    await dark.page.reload();
    await dark.page.getByRole('button', { name: /Colours: light/ }).waitFor();
    expect(await ground(dark)).toBe(lightGround);
  });

  test('leave text readable: at least 4.5 : 1 on every ground it stands on', async () => {
    const { page: spoilt } = await openAndRead({ path: '/', shows: 'Live versions' });
    await spoilt.evaluate("document.querySelector('h1').style.color = '#999'");
    expect(await spoilt.evaluate(FAINT_TEXT)).toEqual([expect.stringContaining('Overview')]);
    for (const colorScheme of ['light', 'dark'] as const)
      await visit(
        [...views().slice(0, 7), ...views().filter(({ path }) => path.includes('version=v13'))],
        { colorScheme },
        async ({ page }, view) => {
          const faint = await page.evaluate(FAINT_TEXT);
          expect({ view, colorScheme, faint }).toEqual({ view, colorScheme, faint: [] });
        },
      );
  });
});

describe('a fresh install', () => {
  test('says where to point an exporter, in words that can be copied', async () => {
    server.story = { ...server.story, targets: [], vectors: [], rollouts: [], incidents: [] };
    const { page, errors } = await open('/');
    await page.getByRole('heading', { name: `No spans yet. Point an OTLP exporter at ${server.url}` }).waitFor();
    expect(await page.locator('pre').textContent()).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=${server.url}`);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: /Copied|Select and copy/ }).waitFor();
    expect(errors).toEqual([]);
  });
});

describe('trouble of the service itself', () => {
  test('is a banner with what is wrong, on every view', async () => {
    server.story.status = {
      ...server.story.status,
      problems: ['The store has refused inserts for 40 s: connection refused'],
      spool: { segments: 12, bytes: 5_242_880, poisoned: 0, lastError: 'connection refused' },
    };
    const { page } = await open('/incidents');
    const banner = page.getByRole('alert');
    await banner.waitFor();
    expect(await banner.textContent()).toContain('refused inserts for 40 s');
    expect(await banner.textContent()).toContain('12 segments');
  });

  test('a thing that does not exist is said so', async () => {
    const { page } = await open('/rollouts/nothing');
    await page.getByText('There is no such rollout.').waitFor();
    await page.goto(`${server.url}/nowhere`);
    await page.getByRole('heading', { name: 'No such page' }).waitFor();
  });
});
