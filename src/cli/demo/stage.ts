import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFile } from '../../package-file.js';
import { ApiClient } from './api-client.js';
import { Child, type ChildOptions } from './child.js';
import { freePort } from './free-port.js';
import { MessageReceiver, type ReceivedMessage } from './receiver.js';
import { RegistryClient } from './registry-client.js';
import type { Scenario } from './scenario.js';
import { type DemoAddresses, SECRET_VARIABLES, serviceConfiguration } from './service-configuration.js';
import type { Timeline } from './timeline.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of the person who runs the demo must not change what it plays. */
const FOREIGN_SETTINGS = /^(LEEWAY_|OTEL_|CLICKHOUSE_|QUEUE_URL$|DEMO_|REGISTRY_)/;
const WEBHOOK_SECRET_BYTES = 24;

/** Enough that a tenth of it fills a bucket with evidence, little enough for a laptop. */
const REQUESTS_PER_SECOND = 150;

/** Everything that plays, each in its own process but for the stand-in of Slack and PagerDuty. */
export interface Stage {
  readonly leeway: Child;
  readonly api: ApiClient;
  readonly registry: RegistryClient;
  /** Waits for a line `start`. */
  readonly fleet: Child;
  readonly receiver: MessageReceiver;
  /** Where the service's embedded engine keeps its tables. */
  readonly engineDirectory: string;
}

/** What has to be undone, newest first; all of it is tried, whatever fails. */
export type Cleanups = (() => Promise<void>)[];

export interface StageOptions {
  readonly env: Environment;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  /** Filled as things start, so that a start that fails half-way can be undone too. */
  readonly cleanups: Cleanups;
  /** Each line that the fleet prints. */
  readonly onFleetLine: (line: string) => void;
}

interface Addresses extends DemoAddresses {
  readonly directory: string;
}

/** Starts everything, and resolves when the service and the registry are ready. */
export async function setStage(scenario: Scenario, options: StageOptions): Promise<Stage> {
  const { timeline, signal, cleanups } = options;
  const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => !FOREIGN_SETTINGS.test(name)));
  const directory = await mkdtemp(join(tmpdir(), 'leeway-demo-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  const receiver = new MessageReceiver((message) => timeline.say(message.channel, sentence(message)));
  const receiverUrl = await receiver.listen();
  cleanups.push(() => receiver.close());
  const leewayUrl = await freeAddress();
  const registryUrl = await freeAddress();
  const addresses = { directory, receiverUrl, leewayUrl, registryUrl };

  const start = (child: ChildOptions) => {
    const started = new Child(child);
    cleanups.push(() => started.stop());
    return started;
  };
  const secret = `whsec_${randomBytes(WEBHOOK_SECRET_BYTES).toString('base64')}`;
  const registry = start(registryProcess(scenario, addresses, { ...env, REGISTRY_WEBHOOK_SECRET: secret }));
  const leeway = start(await serviceProcess(addresses, { ...env, [SECRET_VARIABLES.webhook]: secret }));
  const fleet = start({ ...fleetProcess(scenario, addresses, env), onLine: options.onFleetLine });
  const over = new AbortController();
  cleanups.push(async () => over.abort());
  const api = new ApiClient(leewayUrl, AbortSignal.any([signal, over.signal]));
  const registryApi = new ApiClient(registryUrl, signal);
  await Promise.all([
    registry.whileRunning(registryApi.untilOk('/stats')),
    leeway.whileRunning(api.untilOk('/readyz')),
  ]);
  const engineDirectory = join(directory, 'data', 'engine');
  return { leeway, api, registry: new RegistryClient(registryUrl), fleet, receiver, engineDirectory };
}

/** Undoes everything; problems are told, not thrown, because a cleanup has no one to hand them to. */
export async function cleanUp(cleanups: Cleanups, onProblem: (problem: string) => void): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse())
    await cleanup().catch((error: unknown) => onProblem(`cleaning up: ${String(error)}`));
}

function registryProcess(scenario: Scenario, { registryUrl }: Addresses, env: Environment): ChildOptions {
  const faults = ['--fail-for-seconds', String(scenario.registryFailsForSeconds)];
  return {
    name: 'registry',
    script: packageFile('dist/examples/registry/main.js'),
    args: ['--port', new URL(registryUrl).port, ...faults, '--exit-with-stdin'],
    env,
  };
}

async function serviceProcess(addresses: Addresses, env: Environment): Promise<ChildOptions> {
  const { directory, leewayUrl, receiverUrl } = addresses;
  const configuration = join(directory, 'leeway.yaml');
  await writeFile(configuration, serviceConfiguration(addresses));
  return {
    name: 'leeway',
    script: packageFile('dist/src/cli/main.js'),
    args: ['serve'],
    env: {
      ...env,
      LEEWAY_HOST: '127.0.0.1',
      LEEWAY_PORT: new URL(leewayUrl).port,
      // Nobody in the play speaks gRPC, and a Collector may have its port.
      LEEWAY_GRPC_PORT: 'off',
      LEEWAY_DATA_DIR: join(directory, 'data'),
      LEEWAY_CONFIG: configuration,
      [SECRET_VARIABLES.slack]: `${receiverUrl}/slack`,
      [SECRET_VARIABLES.pagerDuty]: randomBytes(16).toString('hex'),
    },
  };
}

/** The fleet finds Leeway by the standard variables, as any client of OpenTelemetry does. */
function fleetProcess(scenario: Scenario, { leewayUrl, registryUrl }: Addresses, env: Environment): ChildOptions {
  const places = ['--registry', registryUrl, ...(scenario.reportsOutcomes ? ['--leeway', leewayUrl] : [])];
  return {
    name: 'fleet',
    script: packageFile('dist/examples/fleet/main.js'),
    args: [...places, '--behaviour', scenario.behaviour, '--rate', String(REQUESTS_PER_SECOND), '--wait'],
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: leewayUrl, OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
  };
}

function sentence(message: ReceivedMessage): string {
  return message.channel === 'slack' ? message.title : `${message.action} ${message.title || message.dedupKey}`;
}

async function freeAddress(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}
