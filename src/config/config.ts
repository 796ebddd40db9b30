import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import { CONTENT_MODES, type ContentMode, errorMessage, LeewayError, type TargetKey } from '../model/index.js';
import { DEFAULT_RETENTION, type Retention } from '../store/index.js';
import { FileConfig, type SecretReference, type TargetConfig } from './schema.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** When a segment's bytes are forced to disk. */
export const FSYNC_MODES = ['always', 'interval', 'never'] as const;
export type FsyncMode = (typeof FSYNC_MODES)[number];

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '::1'];
const DEFAULT_SPOOL_MAX_BYTES = 2 * 1024 ** 3;

/** Everything the service is told, checked and frozen at the start. */
export interface Config extends Omit<FileConfig, 'retention' | 'publicUrl' | 'content'> {
  readonly host: string;
  readonly port: number;
  /** `null`: no OTLP/gRPC. */
  readonly grpcPort: number | null;
  readonly dataDirectory: string;
  /** Empty for the embedded engine. */
  readonly clickhouseUrl: string;
  /** Empty for the embedded queue; else `redis://…`. */
  readonly queueUrl: string;
  readonly spoolMaxBytes: number;
  readonly spoolFsync: FsyncMode;
  readonly publicUrl: string;
  /** What is kept of content where a target says nothing else. */
  readonly content: ContentMode;
  readonly retention: Retention;
  /** Resolves a secret when it is used; the value is never kept in the configuration. */
  readonly secret: (reference: SecretReference) => string;
}

/**
 * Reads the environment and, if `LEEWAY_CONFIG` names one, the YAML file.
 * @throws LeewayError LEEWAY_CONFIG_INVALID that lists every problem with its place
 */
export function loadConfig(environment: Environment): Config {
  const path = environment['LEEWAY_CONFIG'];
  const file = path ? readConfigFile(path) : checkFileConfig({}, 'defaults');
  const host = environment['LEEWAY_HOST'] || '127.0.0.1';
  if (!LOOPBACK_HOSTS.includes(host) && environment['LEEWAY_ALLOW_UNAUTHENTICATED'] !== 'true')
    throw invalid(
      `LEEWAY_HOST=${host}: the API has no keys yet, so Leeway only binds to this machine. Put an authenticating proxy ` +
        'in front and set LEEWAY_ALLOW_UNAUTHENTICATED=true if you mean it.',
    );
  const port = integer(environment, 'LEEWAY_PORT', 4318, 0, 65_535);
  const otlpGrpcPort = grpcPort(environment);
  if (otlpGrpcPort === port && port !== 0)
    throw invalid(`LEEWAY_PORT and LEEWAY_GRPC_PORT are both ${port}: they must differ, or LEEWAY_GRPC_PORT be off`);
  const config: Config = {
    ...file,
    host,
    port,
    grpcPort: otlpGrpcPort,
    dataDirectory: resolve(environment['LEEWAY_DATA_DIR'] || 'data'),
    clickhouseUrl: url(environment, 'CLICKHOUSE_URL', ['http:', 'https:']),
    queueUrl: url(environment, 'QUEUE_URL', ['redis:', 'rediss:']),
    spoolMaxBytes: integer(environment, 'LEEWAY_SPOOL_MAX_BYTES', DEFAULT_SPOOL_MAX_BYTES, 1024 ** 2),
    spoolFsync: oneOf(environment, 'LEEWAY_SPOOL_FSYNC', FSYNC_MODES, 'interval'),
    publicUrl: publicUrl(environment, file.publicUrl ?? `http://${host}:${port}`),
    content: oneOf(environment, 'LEEWAY_CONTENT', CONTENT_MODES, file.content ?? 'full'),
    retention: { ...DEFAULT_RETENTION, ...file.retention },
    secret: (reference) => resolveSecret(reference, environment),
  };
  checkSecrets(config);
  return Object.freeze(config);
}

/** The first entry whose `match` fits the target, if any. */
export function targetConfig(config: Pick<Config, 'targets'>, target: TargetKey): TargetConfig | undefined {
  const fits = (pattern: string, value: string) => pattern === '*' || pattern === value;
  return config.targets.find(
    ({ match }) =>
      fits(match.service, target.service) &&
      fits(match.environment, target.environment) &&
      fits(match.operation, target.operation),
  );
}

function readConfigFile(path: string): FileConfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(`LEEWAY_CONFIG=${path}: cannot be read (${errorMessage(error)})`);
  }
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    throw invalid(`${path}: not YAML: ${errorMessage(error)}`);
  }
  return checkFileConfig(value, path);
}

function checkFileConfig(value: unknown, where: string): FileConfig {
  const filled = Value.Default(FileConfig, value);
  if (Value.Check(FileConfig, filled)) {
    checkNames(filled, where);
    return filled;
  }
  const problems = [...Value.Errors(FileConfig, filled)]
    .filter((error) => error.keyword !== 'boolean')
    .map((error) => {
      const extra = 'additionalProperties' in error.params ? ` (${String(error.params.additionalProperties)})` : '';
      return `${error.instancePath || '/'} ${error.message}${extra}`;
    });
  throw invalid(`${where}:\n  ${[...new Set(problems)].join('\n  ')}`);
}

function checkNames(file: FileConfig, where: string): void {
  const repeated = firstRepeated([...file.registries, ...file.notifiers]);
  if (repeated) throw invalid(`${where}: two registries or notifiers are called ${repeated}; names must differ`);
  const repeatedWebhook = firstRepeated(file.webhooks);
  if (repeatedWebhook) throw invalid(`${where}: two webhooks are called ${repeatedWebhook}; names must differ`);
}

function firstRepeated(named: readonly { readonly name: string }[]): string | undefined {
  const names = named.map(({ name }) => name);
  return names.find((name, index) => names.indexOf(name) !== index);
}

/** A missing secret is found now, not when the pager is needed. */
function checkSecrets(config: Config): void {
  for (const registry of config.registries) config.secret(registry.secret);
  for (const notifier of config.notifiers)
    config.secret(notifier.type === 'slack' ? notifier.url : notifier.routingKey);
  for (const webhook of config.webhooks) config.secret(webhook.secret);
  if (config.userSalt) config.secret(config.userSalt);
}

function resolveSecret(reference: SecretReference, environment: Environment): string {
  if ('env' in reference) {
    const value = environment[reference.env];
    if (!value) throw invalid(`the secret in environment variable ${reference.env} is not set`);
    return value;
  }
  try {
    return readFileSync(reference.file, 'utf8').trim();
  } catch (error) {
    throw invalid(`the secret file ${reference.file} cannot be read (${errorMessage(error)})`);
  }
}

function integer(
  environment: Environment,
  name: string,
  fallback: number,
  low: number,
  high = Number.MAX_SAFE_INTEGER,
) {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high)
    throw invalid(`${name}=${text}: must be a whole number from ${low} to ${high}`);
  return value;
}

function grpcPort(environment: Environment): number | null {
  return environment['LEEWAY_GRPC_PORT'] === 'off' ? null : integer(environment, 'LEEWAY_GRPC_PORT', 4317, 0, 65_535);
}

function oneOf<T extends string>(environment: Environment, name: string, allowed: readonly T[], fallback: T): T {
  const text = environment[name];
  if (!text) return fallback;
  const value = allowed.find((candidate) => candidate === text);
  if (!value) throw invalid(`${name}=${text}: must be one of ${allowed.join(', ')}`);
  return value;
}

function publicUrl(environment: Environment, fallback: string): string {
  return (url(environment, 'LEEWAY_PUBLIC_URL', ['http:', 'https:']) || fallback).replace(/\/$/, '');
}

function url(environment: Environment, name: string, protocols: readonly string[]): string {
  const text = environment[name];
  if (!text) return '';
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol))
    throw invalid(`${name}: must be a URL that starts with ${protocols.join('// or ')}//`);
  return text;
}

function invalid(message: string): LeewayError {
  return new LeewayError('LEEWAY_CONFIG_INVALID', message);
}
