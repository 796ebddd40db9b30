import { defineConfig } from 'vite';

/** The page is served by Leeway under a Content-Security-Policy of 'self': nothing inline, nothing as a data URL. */
export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // light-dark() as it is: one colour token for both schemes.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
  // `npx vite --config dashboards/web/vite.config.ts` while working on the page, beside a running Leeway.
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:4318' } },
});
