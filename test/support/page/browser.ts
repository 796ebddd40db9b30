import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bundledChromium from '@sparticuz/chromium';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { vi } from 'vitest';
import { cleanUp } from '../cleanup.js';
import { PAGE_DIRECTORY } from './server.js';

const SYSTEM_BROWSER = '/usr/bin/chromium';

/** Flags that the bundled browser is given for elsewhere and that would make it blind to what is tested here, … */
const BLINDING = /^--(disable-web-security|allow-running-insecure-content|single-process|no-zygote)/;
/** … or draw every frame as a graphics card would, in software: most of what a page costs. */
const DRAWING = /^--(use-gl|use-angle|enable-unsafe-swiftshader|ignore-gpu-blocklist|in-process-gpu)/;

/** A real Chromium: the one of the machine, else the one from npm. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(join(PAGE_DIRECTORY, 'index.html'))) throw new Error('the page is not built: run `npm run build`');
  if (existsSync(SYSTEM_BROWSER))
    return chromium.launch({ executablePath: SYSTEM_BROWSER, args: ['--no-sandbox', '--disable-gpu'] });
  return chromium.launch({
    executablePath: await unpackBrowser(),
    args: [...bundledChromium.args.filter((flag) => !BLINDING.test(flag) && !DRAWING.test(flag)), '--disable-gpu'],
  });
}

/**
 * The bundled browser unpacks itself to a fixed name in the temporary directory, and takes what has that name for whole, be
 * it still being written by another process of the tests ("text file busy"): so each test file unpacks its own.
 */
async function unpackBrowser(): Promise<string> {
  const own = mkdtempSync(join(tmpdir(), 'leeway-browser-'));
  cleanUp(() => rmSync(own, { recursive: true, force: true }));
  vi.stubEnv('TMPDIR', own); // Until the file ends.
  return bundledChromium.executablePath();
}

/** A tab, and what went wrong or went elsewhere in it. */
export interface Tab {
  page: Page;
  context: BrowserContext;
  /** Errors on the console, exceptions, violations of the Content-Security-Policy. */
  readonly errors: string[];
  /** Requests to any other origin. */
  readonly foreign: string[];
}

export interface TabOptions extends BrowserContextOptions {
  /** What the page's clock stands at; without it, it goes. */
  shownAt?: Date;
}

export async function openTab(browser: Browser, url: string, { shownAt, ...options }: TabOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  if (shownAt !== undefined) await page.clock.setFixedTime(shownAt);
  const errors: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin)) foreign.push(request.url());
  });
  await page.goto(url);
  return { page, context, errors, foreign };
}
