import { readFileSync } from 'node:fs';
import { createServer as createNetServer } from 'node:net';
import { join } from 'node:path';
import {
  AdmissionControl,
  acceptDeployment,
  acceptLangfuseEvents,
  acceptOutcomes,
  checkWebhooks,
  createProtection,
  createReceiver,
  createWebhooks,
  normaliseTools,
  type OtlpSettings,
  otlpHttp,
  protectedSink,
  restoreRecent,
  Spool,
  startOtlpGrpc,
} from '../collectors/index.js';
import { DETECTORS, OUTPUT_READER } from '../detectors/index.js';
import { createDesk, createNotifiers, createOutbound, createRegistries } from './actions/index.js';
import { createChangeFeed, createServer, type Intake, SchemaRegistry } from './api/index.js';
import { type Config, contentPolicy, targetConfig, userSalt } from './config/index.js';
import { createAttribution, createBehaviour, createJudge, EvaluationHost, WatchHost } from './evaluation/index.js';
import { createHealth } from './health.js';
import {
  createPricer,
  LeewayError,
  LIST_PRICES,
  type RolloutPolicy,
  systemClock,
  type TargetKey,
} from './model/index.js';
import { observeService } from './observe.js';
import { packageFile } from './package-file.js';
import { type Jobs, openEmbeddedJobs, openRedisJobs } from './queue/index.js';
import { scheduleAttempt, startReconciler } from './reconcile.js';
import { rolloutPolicy } from './rollouts/index.js';
import { applyRetention, type Database, migrate, openEmbedded, openServer } from './store/index.js';
import { createTelemetry } from './telemetry/index.js';

/** A running Leeway. */
export interface Service {
  /** Where it listens: `http://127.0.0.1:4318`. */
  readonly url: string;
  /** Where it takes OTLP/gRPC: `127.0.0.1:4317`; `null` when that is switched off. */
  readonly grpcAddress: string | null;
  /** Drains requests, spool and jobs, then closes. */
  stop(): Promise<void>;
}

const BEHAVIOUR_THREAD = packageFile('dist/src/evaluation/behaviour/thread.js');

export const VERSION: string = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')).version;

const SALT_IS_NOT_SHARED =
  "userSalt is not set, so user ids are hashed with a key of this data directory alone: another process that writes to the same ClickHouse gives the same user another hash. Set userSalt in every process's leeway.yaml (`openssl rand -hex 32` makes one).";

/**
 * The one composition root: builds the parts, wires them, starts and stops them in order. Only here is it known whether
 * the engine and the queue are embedded or servers.
 * @param log one line for people
 */
export async function startService(config: Config, log: (message: string) => void): Promise<Service> {
  await checkParts(config);
  await requireFreePorts(config);
  const clock = systemClock;
  const startedAt = clock.now();
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const database = await openStore(config, log);
    closers.push(() => database.close());
    // Before the queue, so that it is closed after the last delivery.
    const outbound = createOutbound({ allowHosts: config.outbound.allowHosts, clock });
    closers.push(() => outbound.close());
    // Before the queue, so that it ends after the last evaluation.
    const behaviour = createBehaviour(database, BEHAVIOUR_THREAD, (drafts) => desk.report(drafts, clock.now()));
    closers.push(() => behaviour.close());
    const jobs = await openQueue(config, log);
    closers.push(() => jobs.close());
    const telemetry = createTelemetry();
    const changes = createChangeFeed(clock);

    const spool = await Spool.start(database, {
      directory: join(config.dataDirectory, 'spool'),
      maxBytes: config.spoolMaxBytes,
      fsync: config.spoolFsync,
      clock,
      log,
    });
    closers.push(() => spool.stop());

    const attribute = createAttribution(database, clock);
    const desk = createDesk({
      database,
      notifiers: createNotifiers(config, { outbound, clock, publicUrl: config.publicUrl }),
      registries: createRegistries(config, { outbound, clock }),
      clock,
      random: Math.random,
      publicUrl: config.publicUrl,
      attribute,
      log,
      onDue: scheduleAttempt({ jobs, clock, log }),
    });

    const policyFor = (target: TargetKey): RolloutPolicy => rolloutPolicy(targetConfig(config, target)?.policy);
    const watches = new WatchHost({ database, clock, desk, onChange: (topics) => changes.publish(topics) });
    closers.push(() => watches.close());
    const evaluation = new EvaluationHost({
      database,
      clock,
      desk,
      followers: [behaviour, watches],
      minimumWatermarkSeconds: config.evaluation.watermarkSeconds,
      policyFor,
      log,
      onChange: (topics) => changes.publish(topics),
      onDetectorTime: (detector, seconds) => telemetry.evaluation.detectorDuration.observe({ detector }, seconds),
    });
    const health = createHealth({ version: VERSION, clock, database, spool, evaluation, watches, startedAt });
    const observed = observeService({ telemetry, database, health, evaluation, clock });

    const evaluationIntervalMs = config.evaluation.intervalSeconds * 1000;
    jobs.work('evaluation', () => observed.evaluate());
    jobs.work('delivery', async ({ actionId }) => {
      if (actionId) observed.attempted(await desk.attempt(actionId));
      changes.publish(['actions', 'incidents']);
    });
    await jobs.every('evaluation', 'evaluation', evaluationIntervalMs);
    closers.push(startReconciler({ clock, jobs, desk, evaluation, evaluationIntervalMs, log }));

    const { salt, isOfThisDirectory } = userSalt(config);
    if (isOfThisDirectory && config.clickhouseUrl !== '') log(SALT_IS_NOT_SHARED);
    const policy = contentPolicy(config);
    const protection = createProtection(policy, { ...config.redaction, userSalt: salt });
    const outcomeSink = protectedSink(spool, { database, policy, protection });
    const receiver = createReceiver(
      {
        userSalt: salt,
        promptFlag: config.promptFlag,
        outputReader: OUTPUT_READER,
        outputSchema: (target) => targetConfig(config, target)?.outputSchema ?? null,
        priceOf: createPricer([...config.prices, ...LIST_PRICES]),
      },
      protection,
    );
    await restoreRecent(database, receiver, clock.now());
    const otlp: OtlpSettings = {
      receiver,
      sink: spool,
      clock,
      admissionControl: new AdmissionControl({ refusal: () => spool.refusal() }),
      report: observed.received,
      log,
    };
    const webhooks = createWebhooks(database, webhookSettings(config), protection);
    const intake: Intake = {
      outcomes: (posted, nowMs) => acceptOutcomes(outcomeSink, posted, nowMs),
      deployment: (posted, nowMs) => acceptDeployment(database, posted, nowMs, protection),
      langfuse: (events, nowMs) => acceptLangfuseEvents(outcomeSink, events, nowMs),
      webhook: (name, delivery, nowMs) => webhooks.receive(name, delivery, nowMs),
    };
    const server = await createServer({
      database,
      clock,
      telemetry,
      changes,
      health,
      judge: createJudge(evaluation.ledgers, clock),
      attribute,
      behaviour: (rolloutId) => behaviour.standingOf(rolloutId),
      basePolicy: policyFor,
      desk,
      intake,
      registry: new SchemaRegistry({ database, clock, normalise: normaliseTools }),
      metrics: DETECTORS.flatMap((detector) => detector.metrics),
      otlp: otlpHttp(otlp),
      pageDirectory: packageFile('dist/web'),
      publicUrl: config.publicUrl,
      log,
    });
    closers.push(() => server.close());
    const { host, port } = config;
    const url = await server.listen({ host, port }).catch((error: unknown) => {
      throw portProblem(error, host, port, 'LEEWAY_PORT');
    });
    const grpcAddress = await listenGrpc(otlp, config, closers);
    return { url, grpcAddress, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Builds what can be built without touching anything, so that a mistake is found at the start and not in the night.
 * @throws LeewayError that names the policy, registry, notifier or webhook and what is wrong with it
 */
export async function checkParts(config: Config): Promise<void> {
  for (const target of config.targets) rolloutPolicy(target.policy);
  createProtection(contentPolicy(config), { ...config.redaction, userSalt: '' });
  checkWebhooks(webhookSettings(config));
  const outbound = createOutbound({ allowHosts: config.outbound.allowHosts, clock: systemClock });
  try {
    createRegistries(config, { outbound, clock: systemClock });
    createNotifiers(config, { outbound, clock: systemClock, publicUrl: config.publicUrl });
  } finally {
    await outbound.close();
  }
}

async function listenGrpc(
  otlp: OtlpSettings,
  { host, grpcPort }: Config,
  closers: (() => Promise<unknown>)[],
): Promise<string | null> {
  if (grpcPort === null) return null;
  const grpc = await startOtlpGrpc(otlp, host, grpcPort);
  closers.push(() => grpc.stop());
  return `${host.includes(':') ? `[${host}]` : host}:${grpc.port}`;
}

function webhookSettings(config: Config) {
  return config.webhooks.map((webhook) => ({ ...webhook, secret: () => config.secret(webhook.secret) }));
}

/** Found before anything is opened: a taken port is the most common reason why a service cannot start. */
async function requireFreePorts({ host, port, grpcPort }: Config): Promise<void> {
  await requireFreePort(host, port, 'LEEWAY_PORT');
  if (grpcPort !== null) await requireFreePort(host, grpcPort, 'LEEWAY_GRPC_PORT');
}

async function requireFreePort(host: string, port: number, variable: string): Promise<void> {
  const probe = createNetServer();
  const listening = new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(port, host, resolve);
  });
  await listening.catch((error: unknown) => {
    throw portProblem(error, host, port, variable);
  });
  await new Promise((resolve) => probe.close(resolve));
}

function portProblem(error: unknown, host: string, port: number, variable: string): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) return error;
  return new LeewayError(
    'LEEWAY_PORT_IN_USE',
    `${host}:${port} is in use by another process. Stop it, or set ${variable} to another port.`,
    { cause: error },
  );
}

async function openStore(config: Config, log: (message: string) => void): Promise<Database> {
  const database = config.clickhouseUrl
    ? await openServer(config.clickhouseUrl)
    : await openEmbedded(join(config.dataDirectory, 'engine'));
  try {
    await migrate(database, log);
    await applyRetention(database, config.retention);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openQueue(config: Config, log: (message: string) => void): Promise<Jobs> {
  return config.queueUrl
    ? openRedisJobs(config.queueUrl, { log })
    : openEmbeddedJobs(join(config.dataDirectory, 'queue'), { log });
}
