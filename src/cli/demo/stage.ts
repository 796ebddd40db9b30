import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { packageFile } from '../../package-file.js';
import { ApiClient } from './api-client.js';
import { Child } from './child.js';
import { DemoFailure } from './demo-failure.js';
import { MessageReceiver } from './receiver.js';
import { RegistryClient } from './registry-client.js';
import type { Scenario } from './scenario.js';
import { SECRET_VARIABLES, serviceConfiguration } from './service-configuration.js';
import type { Timeline } from './timeline.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of the person who runs the demo must not change what it plays. */
const FOREIGN_SETTINGS = /^(LEEWAY_|OTEL_|CLICKHOUSE_|QUEUE_URL$|DEMO_|REGISTRY_)/;
const WEBHOOK_SECRET_BYTES = 24;

const Listening = Type.Object({ event: Type.Literal('listening'), url: Type.String() });

/** Everything that plays, each in its own process but for the stand-in of Slack and PagerDuty. */
export interface Stage {
  readonly leeway: Child;
  readonly api: ApiClient;
  readonly registry: RegistryClient;
  readonly receiver: MessageReceiver;
  /** Where the service's embedded engine keeps its tables. */
  readonly engineDirectory: string;
  /** Starts the fleet; each of its output lines is handed on. */
  startFleet(onLine: (line: string) => void): Child;
}

/** What has to be undone, newest first; all of it is tried, whatever fails. */
export type Cleanups = (() => Promise<void>)[];

/** @param cleanups is filled as things start, so that a start that fails half-way can be undone too */
export async function setStage(
  scenario: Scenario,
  {
    env,
    timeline,
    signal,
    cleanups,
  }: { env: Environment; timeline: Timeline; signal: AbortSignal; cleanups: Cleanups },
): Promise<Stage> {
  const ownEnv = Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN_SETTINGS.test(name)));
  const directory = await mkdtemp(join(tmpdir(), 'leeway-demo-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const receiver = new MessageReceiver((message) =>
    timeline.say(
      message.channel,
      message.channel === 'slack' ? message.title : `${message.action} ${message.title || message.dedupKey}`,
    ),
  );
  const receiverUrl = await receiver.listen();
  cleanups.push(() => receiver.close());

  const secret = `whsec_${randomBytes(WEBHOOK_SECRET_BYTES).toString('base64')}`;
  const registryUrl = await startRegistry(scenario, { ...ownEnv, REGISTRY_WEBHOOK_SECRET: secret }, cleanups);
  const leewayUrl = `http://127.0.0.1:${await freePort()}`;
  const configuration = join(directory, 'leeway.yaml');
  await writeFile(configuration, serviceConfiguration({ leewayUrl, registryUrl, receiverUrl }));
  const dataDirectory = join(directory, 'data');
  const leeway = startLeeway(
    {
      ...ownEnv,
      LEEWAY_HOST: '127.0.0.1',
      LEEWAY_PORT: new URL(leewayUrl).port,
      LEEWAY_DATA_DIR: dataDirectory,
      LEEWAY_CONFIG: configuration,
      LEEWAY_LOG_LEVEL: 'warn',
      [SECRET_VARIABLES.webhook]: secret,
      [SECRET_VARIABLES.slack]: `${receiverUrl}/slack`,
      [SECRET_VARIABLES.pagerDuty]: randomBytes(16).toString('hex'),
    },
    cleanups,
  );
  const over = new AbortController();
  cleanups.push(async () => over.abort());
  const api = new ApiClient(leewayUrl, AbortSignal.any([signal, over.signal]));
  await leeway.whileRunning(api.untilOk('/readyz'));
  return {
    leeway,
    api,
    registry: new RegistryClient(registryUrl),
    receiver,
    engineDirectory: join(dataDirectory, 'engine'),
    startFleet: (onLine) => startFleet(scenario, { leewayUrl, registryUrl, env: ownEnv, onLine, cleanups }),
  };
}

/** Undoes everything; problems are told, not thrown, because a cleanup has no one to hand them to. */
export async function cleanUp(cleanups: Cleanups, onProblem: (problem: string) => void): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse())
    await cleanup().catch((error: unknown) => onProblem(`cleaning up: ${String(error)}`));
}

async function startRegistry(scenario: Scenario, env: Environment, cleanups: Cleanups): Promise<string> {
  let tell: (line: string) => void = () => {};
  const first = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const registry = new Child({
    name: 'registry',
    script: packageFile('dist/examples/registry/main.js'),
    args: ['--port', '0', '--fail-for-seconds', String(scenario.registryFailsForSeconds), '--exit-with-stdin'],
    env,
    onLine: (line) => tell(line),
  });
  cleanups.push(() => registry.stop());
  const message: unknown = JSON.parse(await registry.whileRunning(first));
  if (!Value.Check(Listening, message)) throw new DemoFailure('the registry does not say where it listens');
  return message.url;
}

function startLeeway(env: Environment, cleanups: Cleanups): Child {
  const leeway = new Child({ name: 'leeway', script: packageFile('dist/src/cli/main.js'), args: ['serve'], env });
  cleanups.push(() => leeway.stop());
  return leeway;
}

/** The fleet finds Leeway by the standard variables, as any client of OpenTelemetry does. */
function startFleet(
  scenario: Scenario,
  options: {
    leewayUrl: string;
    registryUrl: string;
    env: Environment;
    onLine: (line: string) => void;
    cleanups: Cleanups;
  },
): Child {
  const { leewayUrl, registryUrl, env, onLine, cleanups } = options;
  const fleet = new Child({
    name: 'fleet',
    script: packageFile('dist/examples/fleet/main.js'),
    args: ['--registry', registryUrl, '--leeway', leewayUrl, '--behaviour', scenario.behaviour],
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: leewayUrl, OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
    onLine,
  });
  cleanups.push(() => fleet.stop());
  return fleet;
}

/** A port nobody listens on just now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new DemoFailure('no free port was found');
  return address.port;
}
