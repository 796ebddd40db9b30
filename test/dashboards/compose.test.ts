import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/index.js';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment: Record<string, string>;
  ports: string[];
  volumes: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck: { test: string[] };
}
const compose: { services: Record<string, Service>; volumes: Record<string, null> } = parse(read('docker-compose.yml'));
const services = Object.entries(compose.services).map(([name, service]) => ({ name, ...service }));
const service = (name: string) => services.find((candidate) => candidate.name === name) ?? expect.fail(`no ${name}`);

/** `${NAME:-default}` as Compose fills it where nothing is set. */
const withDefaults = (text: string) => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');

describe('docker-compose.yml', () => {
  test('has Leeway, its store, its queue and Grafana, each pinned and with a health check', () => {
    expect(services.map(({ name }) => name)).toEqual(['leeway', 'clickhouse', 'redis', 'grafana']);
    for (const { image, build, healthcheck } of services) {
      expect(healthcheck.test[0]).toBe('CMD');
      if (build === undefined) expect(image).toMatch(/^[a-z/-]+:\d+\.\d+/);
    }
  });

  test('binds every port to the loopback address, and only ports that are there to be used', () => {
    expect(services.map(({ name, ports }) => [name, ...ports])).toEqual([
      ['leeway', '127.0.0.1:4318:4318', '127.0.0.1:4317:4317'],
      ['clickhouse', '127.0.0.1:8123:8123'],
      ['redis', '127.0.0.1:6379:6379'],
      ['grafana', '127.0.0.1:3000:3000'],
    ]);
  });

  test('uses every volume it declares, declares every volume it uses, and mounts only what exists', () => {
    const sources = services.flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')));
    const named = sources.map(([source = '']) => source).filter((source) => !source.startsWith('.'));
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort());
    for (const [source = '', , mode] of sources)
      if (source.startsWith('.')) {
        expect(existsSync(join(ROOT, source)), source).toBe(true);
        expect(mode).toBe('ro');
      }
  });

  test('says of every port and volume what it is for', () => {
    const lines = read('docker-compose.yml').split('\n');
    const entries = lines.flatMap((line, index) => (/^ {6}- ["./\w]+:/.test(line) ? [index] : []));
    expect(entries).toHaveLength(services.reduce((sum, { ports, volumes }) => sum + ports.length + volumes.length, 0));
    for (const index of entries) {
      const before = lines.slice(0, index).findLast((line) => !/^ {6}- /.test(line));
      expect(before, lines[index]).toMatch(/^ {6}# /);
    }
  });

  test('configures Leeway with what Leeway understands', () => {
    const environment = Object.fromEntries(
      Object.entries(service('leeway').environment).map(([name, value]) => [name, withDefaults(value)]),
    );
    const config = loadConfig(environment);
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 4318,
      dataDirectory: '/var/lib/leeway',
      clickhouseUrl: 'http://leeway:leeway@clickhouse:8123/leeway',
      queueUrl: 'redis://redis:6379/0',
    });
    const known = read('src/config/config.ts');
    for (const name of Object.keys(environment)) expect(known).toContain(`'${name}'`);
    expect(() => loadConfig({ ...environment, LEEWAY_ALLOW_UNAUTHENTICATED: '' })).toThrow(/LEEWAY_HOST/);
  });

  test('starts Leeway after its store and queue answer, and Grafana after Leeway has made the tables', () => {
    const healthy = { condition: 'service_healthy' };
    expect(service('leeway').depends_on).toEqual({ clickhouse: healthy, redis: healthy });
    expect(service('grafana').depends_on).toEqual({ clickhouse: healthy, leeway: healthy });
    expect(service('leeway').healthcheck.test.join(' ')).toContain('/readyz');
  });

  test('keeps a queue that never evicts a job', () => {
    const command = service('redis').command ?? [];
    expect(command.slice(command.indexOf('--maxmemory-policy'))).toContain('noeviction');
    expect(command.slice(command.indexOf('--appendonly'))[1]).toBe('yes');
  });

  test('gives Grafana the variables of its data source, and a user who may only read', () => {
    const datasource = read('dashboards/grafana/provisioning/datasources/clickhouse.yaml');
    const wanted = [...datasource.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(service('grafana').environment)).toEqual(expect.arrayContaining(wanted));
    const reader = read('docker/clickhouse/reader.xml');
    expect(reader).toContain(`<${service('grafana').environment['LEEWAY_CLICKHOUSE_READER']}>`);
    expect(reader).toContain('<readonly>2</readonly>');
    expect(service('clickhouse').environment).toHaveProperty('LEEWAY_CLICKHOUSE_READER_PASSWORD');
  });
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');

  test('holds what the service reads at run time and runs as nobody special', () => {
    for (const path of ['dist', 'src/store/migrations', 'package.json', 'node_modules']) {
      expect(dockerfile).toContain(`/leeway/${path}`);
      expect(path === 'dist' || existsSync(join(ROOT, path)), path).toBe(true);
    }
    expect(dockerfile.trimEnd().split('\n').at(-1)).toBe('CMD ["node", "dist/src/cli/main.js", "serve"]');
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toContain('/readyz');
  });
});
