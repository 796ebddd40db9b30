import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Database } from '../../src/store/index.js';
import { startEngine } from '../support/engine.js';
import { expandMacros, type Variables } from './grafana-macros.js';
import { insertStory, ROLLOUT_ID, TARGET_ID } from './grafana-rows.js';

const GRAFANA = join(import.meta.dirname, '../../dashboards/grafana');
const NOW_SECONDS = Math.floor(Date.now() / 10_000) * 10;
const RANGE = { fromSeconds: NOW_SECONDS - 3600, toSeconds: NOW_SECONDS + 60, intervalSeconds: 30 };
const VARIABLES: Variables = { target: TARGET_ID, rollout: ROLLOUT_ID, datasource: 'leeway-clickhouse' };

interface Target {
  rawSql: string;
  format: number;
  datasource: { type: string; uid: string };
}
interface Panel {
  title: string;
  type: string;
  description: string;
  datasource: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets: Target[];
}
interface Board {
  uid: string;
  schemaVersion: number;
  panels: Panel[];
  annotations: { list: { name: string; target: { rawSql: string } }[] };
  templating: {
    list: { name: string; type: string; query: string | { rawSql: string }; current: { value?: string } }[];
  };
}

const board: Board = JSON.parse(readFileSync(join(GRAFANA, 'dashboards/leeway.json'), 'utf8'));
const queryVariables = board.templating.list.flatMap(({ name, type, query }) =>
  type === 'query' && typeof query === 'object' ? [{ name, rawSql: query.rawSql }] : [],
);

let database: Database;
const run = (rawSql: string) => database.query<Record<string, unknown>>(expandMacros(rawSql, VARIABLES, RANGE));

beforeAll(async () => {
  database = await startEngine();
  await insertStory(database, NOW_SECONDS);
});

describe('every query of the board runs on the real engine and finds what is there', () => {
  test.each(queryVariables)('variable $name', async ({ rawSql }) => {
    const [first = {}] = await run(rawSql);
    expect(Object.keys(first)).toHaveLength(2);
    expect([TARGET_ID, ROLLOUT_ID]).toContain(Object.values(first)[0]);
  });

  test.each(board.annotations.list)('annotation $name', async ({ target }) => {
    expect(await run(target.rawSql)).toMatchObject([{ title: 'prompt v12 → v13' }]);
  });

  test.each(board.panels)('panel $title', async ({ type, targets }) => {
    for (const { rawSql, format } of targets) {
      const rows = await run(rawSql);
      expect(rows.length).toBeGreaterThan(0);
      expect(format).toBe(type === 'timeseries' ? 0 : 1);
      if (type !== 'timeseries') continue;
      const [time, name, value] = Object.values(rows[0] ?? {});
      expect([typeof time, typeof name, typeof value]).toEqual(['string', 'string', 'number']);
      expect(Object.keys(rows[0] ?? {})[0]).toBe('time');
    }
  });
});

describe('the panels say what is true', () => {
  const rowsOf = async (title: string) =>
    run(board.panels.find((panel) => panel.title === title)?.targets[0]?.rawSql ?? '');

  test('vectors are compared over published cells alone: not a superseded closing, not a shadow', async () => {
    expect(await rowsOf('Version vectors compared')).toMatchObject([
      { version: 'prompt v12 · model gpt-4o', generations: 90, share: 0.9, not_compliant: 1 / 90, failed_tasks: null },
      { version: 'prompt v13 · model gpt-4o', generations: 10, share: 0.1, not_compliant: 0.3, errors: 0 },
    ]);
  });

  test('the difference is the candidate minus the baseline of the chosen rollout', async () => {
    const rows = await rowsOf('Candidate − baseline');
    const compliance = rows.filter(({ metric }) => metric === 'compliance');
    expect(compliance.at(-1)?.['difference']).toBeCloseTo(0.3 - 1 / 90, 9);
  });

  test('an incident shows the state of its last event, and a resolved one is gone', async () => {
    expect(await rowsOf('Open incidents')).toMatchObject([
      { incident: 'inc_open', state: 'rolled_back', rollout: ROLLOUT_ID },
    ]);
  });

  test('an action is its newest revision, a generation its newest row', async () => {
    expect(await rowsOf('Actions')).toMatchObject([{ idempotency_key: 'act_1', status: 'succeeded', attempts: 2 }]);
    expect(await rowsOf('Generations')).toMatchObject([{ trace: 'a'.repeat(32), compliance: 'schema_invalid' }]);
  });
});

describe('the board and its provisioning', () => {
  const yamlFiles = (folder: string) =>
    readdirSync(join(GRAFANA, 'provisioning', folder)).map((name) =>
      parse(readFileSync(join(GRAFANA, 'provisioning', folder, name), 'utf8')),
    );

  test('name the same data source', () => {
    const [{ datasources }] = yamlFiles('datasources');
    const provisioned = datasources.map(({ uid, type }: { uid: string; type: string }) => ({ uid, type }));
    const chosen = board.templating.list.find(({ type }) => type === 'datasource');
    expect(provisioned).toEqual([{ uid: chosen?.current.value, type: chosen?.query }]);
    const used = board.panels.flatMap((panel) => [
      panel.datasource,
      ...panel.targets.map(({ datasource }) => datasource),
    ]);
    for (const datasource of used) expect(datasource).toEqual({ type: chosen?.query, uid: `\${${chosen?.name}}` });
  });

  test('lead Grafana to the folder where the boards are mounted', () => {
    const [{ providers }] = yamlFiles('dashboards');
    expect(providers).toMatchObject([{ type: 'file', options: { path: '/var/lib/grafana/dashboards/leeway' } }]);
  });

  test('panels do not overlap, and each says what it shows', () => {
    const taken = new Set<string>();
    for (const { gridPos, description } of board.panels) {
      expect(description).not.toBe('');
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`)).toBe(false);
          expect(x).toBeLessThan(24);
          taken.add(`${x},${y}`);
        }
    }
    expect(board.schemaVersion).toBe(39);
  });
});
