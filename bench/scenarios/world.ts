import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptDeployment, acceptOutcomes, createReceiver, Spool } from '../../collectors/index.js';
import { OUTPUT_READER } from '../../detectors/index.js';
import { createDesk } from '../../src/actions/index.js';
import { BehaviourFollower, BehaviourWatch, InlineBehaviourRunner } from '../../src/evaluation/behaviour/index.js';
import { createAttribution, EvaluationHost, WatchHost } from '../../src/evaluation/index.js';
import { type Clock, type Finding, type Incident, type Surface, targetId } from '../../src/model/index.js';
import { initialState, rolloutId, rolloutPolicy } from '../../src/rollouts/index.js';
import { type Database, migrate, openEmbedded } from '../../src/store/index.js';
import { listFindings } from '../../src/store/queries/findings.js';
import { listIncidents } from '../../src/store/queries/incidents.js';
import { getRollout, recordRollout } from '../../src/store/queries/rollouts.js';
import { type Call, ENVIRONMENT, OPERATION, SERVICE, tracesBody } from './call.js';
import type { Event } from './scenario.js';

export const TARGET = { service: SERVICE, environment: ENVIRONMENT, operation: OPERATION };

/** Runs until the evaluation has nothing more to do at a moment; a backlog of history takes several. */
const MAX_RUNS_A_LOOK = 50;

/**
 * The service's own parts on a clock that the scenario moves: OTLP bytes go in by the receiver and the spool, incidents
 * come out of the desk. Only timers, ports and the queue are left out. Rows count as loaded when they arrive by that clock.
 */
export class World {
  readonly #database: Database;
  readonly #spool: Spool;
  readonly #host: EvaluationHost;
  readonly #receiver: ReturnType<typeof createReceiver>;
  readonly #time: { now: number };
  readonly #directory: string;
  readonly #problems: string[];

  private constructor(parts: {
    database: Database;
    spool: Spool;
    host: EvaluationHost;
    time: { now: number };
    directory: string;
    problems: string[];
  }) {
    this.#database = parts.database;
    this.#spool = parts.spool;
    this.#host = parts.host;
    this.#time = parts.time;
    this.#directory = parts.directory;
    this.#problems = parts.problems;
    this.#receiver = createReceiver({
      userSalt: 'scenario',
      promptFlag: '',
      outputReader: OUTPUT_READER,
      outputSchema: () => null,
    });
  }

  static async open(startMs: number): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), 'leeway-scenario-'));
    const time = { now: startMs };
    const clock: Clock = { now: () => time.now };
    const database = await openEmbedded(join(directory, 'engine'));
    await migrate(database);
    await database.command('ALTER TABLE generations MODIFY COLUMN loaded_at DEFAULT ingested_at');
    await database.command(`ALTER TABLE outcomes MODIFY COLUMN loaded_at DEFAULT toDateTime64(time, 3, 'UTC')`);
    const problems: string[] = [];
    const log = (line: string) => problems.push(line);
    const settings = { directory: join(directory, 'spool'), maxBytes: 2 ** 31, fsync: 'never' as const };
    const spool = await Spool.start(database, { ...settings, clock, log });
    const desk = createDesk({
      database,
      notifiers: [],
      registries: [],
      clock,
      random: () => 0.5,
      publicUrl: 'http://127.0.0.1:4318',
      attribute: createAttribution(database, clock),
      log,
    });
    const behaviour = new BehaviourWatch({
      database,
      runner: new InlineBehaviourRunner(),
      report: (drafts) => desk.report(drafts, clock.now()),
    });
    const host = new EvaluationHost({
      database,
      clock,
      desk,
      followers: [
        new BehaviourFollower(database, behaviour),
        new WatchHost({ database, clock, desk, onChange: () => {} }),
      ],
      minimumWatermarkSeconds: 5,
      policyFor: () => rolloutPolicy({ mode: 'observe' }),
      log,
      onChange: () => {},
    });
    return new World({ database, spool, host, time, directory, problems });
  }

  /** Moves the clock; never back. */
  moveTo(nowMs: number): void {
    this.#time.now = Math.max(this.#time.now, Math.ceil(nowMs));
  }

  async send(calls: readonly Call[]): Promise<void> {
    if (calls.length === 0) return;
    const received = this.#receiver.traces(tracesBody(calls), 'json', this.#time.now);
    if (!received.ok) throw received.error;
    if (received.rejected.count > 0) throw new Error(received.rejected.message);
    await this.#spool.append(received.batch);
  }

  /** Tells how calls ended, now. */
  async tell(calls: readonly Call[]): Promise<void> {
    const told = calls.flatMap(({ traceId, spanId, succeeded }) =>
      succeeded === null ? [] : [{ traceId, spanId, name: 'task_success', value: succeeded, comment: '' }],
    );
    if (told.length > 0) await acceptOutcomes(this.#spool, told, this.#time.now);
  }

  async happen(event: Event): Promise<void> {
    if (event.kind === 'rollout') return this.#declare(event);
    const { surface, version, previousVersion } = event;
    const posted = { ...TARGET, surface, version, previousVersion, actor: 'ci', comment: '' };
    await acceptDeployment(this.#database, posted, this.#time.now);
  }

  async #declare({ baseline, candidate, stages, soakSeconds }: Extract<Event, { kind: 'rollout' }>): Promise<void> {
    const id = targetId(TARGET);
    const rollout = {
      id: rolloutId(id, baseline, candidate),
      targetId: id,
      target: TARGET,
      baseline,
      candidate,
      changed: (['model', 'prompt', 'tools', 'context'] as const).filter((surface) => candidate[surface] !== undefined),
      origin: 'declared' as const,
      policy: rolloutPolicy({ mode: 'observe', stages: stages && [...stages], soakSeconds }),
      startedAt: this.#time.now,
    };
    await recordRollout(this.#database, rollout, initialState(rollout));
  }

  /** One look of the service at everything that has arrived. @throws Error when a part of it failed */
  async look(): Promise<void> {
    await this.#spool.drained();
    for (let run = 0; run < MAX_RUNS_A_LOOK; run++) {
      await this.#host.run();
      if (this.#problems.length > 0) throw new Error(this.#problems.join('\n'));
      if (this.#host.isIdle) return;
    }
  }

  async incidents(): Promise<Incident[]> {
    return listIncidents(this.#database);
  }

  async findings(): Promise<Finding[]> {
    return listFindings(this.#database);
  }

  /** The surface that a finding names, else the one that its rollout changes. */
  async surfaceOf({ evidence, rolloutId }: Finding): Promise<Surface | ''> {
    const { surface }: { surface?: Surface | null } = JSON.parse(evidence);
    if (surface) return surface;
    const record = rolloutId === '' ? null : await getRollout(this.#database, rolloutId);
    return record?.rollout.changed.length === 1 ? (record.rollout.changed[0] ?? '') : '';
  }

  async close(): Promise<void> {
    await this.#spool.stop();
    await this.#database.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
