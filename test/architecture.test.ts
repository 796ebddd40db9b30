import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../src/package-file.js';

/**
 * Data flows one way: a room may import the rooms listed for it, through their door. The list is the architecture; a new
 * room is a new line, a new arrow is a decision.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/model': [],
  detectors: ['src/model'],
  'src/store': ['src/model', 'src/package-file.ts'],
  collectors: ['src/model', 'src/store'],
  'src/config': ['src/model', 'src/store'],
  'src/queue': ['src/model', 'src/package-file.ts'],
  'src/telemetry': ['src/model'],
  'src/catalog': ['src/model'],
  'src/rollouts': ['src/model', 'detectors'],
  'src/incidents': ['src/model'],
  'src/actions': ['src/model', 'src/config', 'src/store', 'src/incidents', 'src/rollouts'],
  'src/evaluation': [
    ...['src/model', 'src/store', 'src/catalog', 'src/rollouts', 'src/incidents', 'src/actions', 'detectors'],
  ],
  'src/api': [
    ...['src/model', 'src/config', 'src/store', 'src/rollouts', 'src/incidents', 'src/actions', 'src/telemetry'],
    ...['src/catalog', 'src/package-file.ts'],
  ],
  'src/observe.ts': [
    'src/model',
    'src/store',
    'src/incidents',
    'src/actions',
    'src/api',
    'src/evaluation',
    'src/telemetry',
    'collectors',
  ],
  'src/health.ts': ['src/model', 'src/store', 'src/api', 'src/evaluation', 'collectors'],
  'src/reconcile.ts': ['src/model', 'src/queue', 'src/actions', 'src/evaluation'],
  'src/main.ts': ['*'],
  'src/cli': ['*'],
  'src/package-file.ts': [],
  examples: [],
  bench: ['*'],
};

/** Files that are doors of their own: one question to the store a file, the API's contract, the metrics' names. */
const OPEN_PLACES = ['src/store/queries/', 'src/api/schemas.ts', 'src/telemetry/metrics.ts'];

const ROOT = packageFile('.');

function sourceFiles(directory: string): string[] {
  return readdirSync(join(ROOT, directory)).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(join(ROOT, path)).isDirectory()) return sourceFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from\s+'(\.[^']+)'/gms);
  return [...statements].map(([, type, specifier]) => ({
    from: file,
    to: relative(ROOT, resolve(ROOT, dirname(file), specifier ?? '')).replace(/\.js$/, '.ts'),
    typeOnly: type !== undefined,
  }));
}

function roomOf(file: string): string {
  const rooms = Object.keys(MAY_IMPORT).filter((room) => file === room || file.startsWith(`${room}/`));
  return rooms.sort((a, b) => b.length - a.length)[0] ?? file;
}

const files = ['src', 'collectors', 'detectors', 'examples', 'bench'].flatMap(sourceFiles);
const imports = files.flatMap(importsOf);

describe('architecture', () => {
  it('every source file lies in a known room', () => {
    expect(files.filter((file) => MAY_IMPORT[roomOf(file)] === undefined)).toEqual([]);
    expect(imports.length).toBeGreaterThan(100);
  });

  it('rooms import only what lies below them', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [own, other] = [roomOf(from), roomOf(to)];
      const allowed = MAY_IMPORT[own] ?? [];
      return own !== other && !allowed.includes('*') && !allowed.includes(other);
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('rooms are entered through their door', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [own, other] = [roomOf(from), roomOf(to)];
      if (own === other || own === 'bench' || other.endsWith('.ts')) return false;
      return to !== `${other}/index.ts` && !OPEN_PLACES.some((place) => to.startsWith(place));
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('detectors do no input or output', () => {
    const outside = files
      .filter((file) => file.startsWith('detectors/'))
      .filter((file) =>
        /from 'node:|fetch\(|(?<!-)\bprocess\.(?:env|argv|std|hr|exit|on|mem|cpu)|Date\.now|Math\.random/.test(
          readFileSync(join(ROOT, file), 'utf8'),
        ),
      );
    expect(outside).toEqual([]);
  });

  it('only the composition root and the command line read the environment', () => {
    const readers = files.filter((file) => /process\.env/.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(readers.filter((file) => !/^(src\/cli\/|examples\/|bench\/)/.test(file))).toEqual([]);
  });

  it('has no cycles', () => {
    const next = new Map<string, string[]>();
    for (const { from, to, typeOnly } of imports) if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) throw new Error(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
      if (done.has(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it('the web page knows the HTTP API only', () => {
    const escaped = sourceFiles('dashboards/web/src')
      .flatMap(importsOf)
      .filter(({ to }) => !to.startsWith('dashboards/web/'));
    expect(escaped).toEqual([]);
  });
});
