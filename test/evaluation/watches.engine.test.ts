import { beforeEach, describe, expect, it } from 'vitest';
import { DETECTORS, WATCHES, type Watch } from '../../detectors/index.js';
import { servedCalls } from '../../detectors/watches/cells-sql.js';
import { createDesk } from '../../src/actions/index.js';
import { Closer } from '../../src/evaluation/closer.js';
import { WatchHost } from '../../src/evaluation/watch/index.js';
import { type Clock, type Generation, type Rollout, targetId, type VersionValues } from '../../src/model/index.js';
import { rolloutPolicy } from '../../src/rollouts/index.js';
import { recordDeployment } from '../../src/store/queries/deployments.js';
import { listFindings } from '../../src/store/queries/findings.js';
import { listIncidentEvents, listIncidents } from '../../src/store/queries/incidents.js';
import { recordRollout } from '../../src/store/queries/rollouts.js';
import { makeDraft } from '../incidents/finding-fixture.js';
import { aGeneration, aSpan, generationsBatch } from '../support/batches.js';
import { startStore } from '../support/store.js';
import { uniform } from '../support/uniform.js';

const { database, load, empty } = await startStore();

const HOUR = 3600;
/** Later than every watermark. */
const AFTER_WATERMARK_SECONDS = 200;

let operation = '';
let sequence = 0;
let end = 0;
let random = uniform(1);
const clock: Clock = { now: () => (end + AFTER_WATERMARK_SECONDS) * 1000 };

beforeEach(async () => {
  await empty();
  sequence += 1;
  operation = `watched-${sequence}`;
  random = uniform(sequence);
  end = Math.floor(Date.now() / 86_400_000) * 86_400;
});

const closer = new Closer(
  database,
  DETECTORS.flatMap((detector) => detector.metrics),
  1,
  clock,
);

const target = () => ({ service: `watched-bot-${sequence}`, environment: 'test', operation });

/** Few buckets for many hours: all calls of a block in one of its buckets. */
const CLUMP_SECONDS = 300;

interface Stretch {
  /** Calls come in clumps, for long times. */
  readonly clumped?: boolean;
  /** Seconds before the end at which it begins and ends. */
  readonly from: number;
  readonly to: number;
  readonly perHour: number;
  readonly versions?: Partial<VersionValues>;
  readonly each?: (index: number, at: number) => Partial<Generation>;
}

async function serve(...stretches: readonly Stretch[]): Promise<void> {
  const calls = stretches.flatMap(({ from, to, perHour, versions, each, clumped }) => {
    const count = Math.round(((from - to) / HOUR) * perHour);
    return Array.from({ length: count }, (_, index) => {
      const exact = end - from + (index * (from - to)) / count;
      const at = clumped ? Math.floor(exact / CLUMP_SECONDS) * CLUMP_SECONDS : exact;
      return aGeneration(at, versions ?? {}, { target: target(), ...each?.(index, at) });
    });
  });
  await load(generationsBatch(calls));
  await closer.close();
}

const desk = createDesk({
  database,
  clock,
  notifiers: [],
  registries: [],
  random: () => 0.5,
  publicUrl: 'http://127.0.0.1:4318',
});

/** Until the last watch has looked: a run of the evaluation does not wait that long. */
async function lookAll(host: WatchHost): Promise<void> {
  while (await host.follow({ closedUntil: end + 100 }));
}

/** Lets watches look as a service that was just started. */
async function look(name: string, maxCallsAtOnce?: number): Promise<void> {
  const watches = WATCHES.filter((watch) => watch.name === name);
  expect(watches).toHaveLength(1);
  const limit = maxCallsAtOnce === undefined ? {} : { maxCallsAtOnce };
  await lookAll(new WatchHost({ database, clock, desk, onChange: () => {}, watches, ...limit }));
}

const found = async (detector: string) =>
  (await listFindings(database, { targetId: targetId(target()), detector })).sort((a, b) =>
    a.metric.localeCompare(b.metric),
  );

describe('silent drift', () => {
  const failing = (rate: number): Partial<Generation> =>
    random() < rate ? { compliance: 'not_json', complianceReason: 'ends early' } : {};

  it('is found when the same version becomes worse, and told with the hour it began', async () => {
    await serve(
      { from: 40 * HOUR, to: 2 * HOUR, perHour: 240, clumped: true, each: () => failing(0.01) },
      { from: 2 * HOUR, to: 0, perHour: 600, clumped: true, each: () => failing(0.12) },
    );
    await look('silent_drift');
    expect(await found('silent_drift')).toMatchObject([
      { metric: 'compliance', severity: 'error', sentence: expect.stringMatching(/since 2[12]:\d\d UTC 1\d\.\d %/) },
    ]);
    expect(await listIncidents(database, { targetId: targetId(target()) })).toMatchObject([{ kind: 'finding' }]);
  });

  it('is not what a daily rhythm, an outage that is over, or a shift of the mix look like', async () => {
    const daily = (at: number) => 0.03 + 0.02 * Math.sin((at / 86_400) * 2 * Math.PI);
    await serve(
      { from: 60 * HOUR, to: 0, perHour: 240, clumped: true, each: (_, at) => failing(daily(at)) },
      // Long contexts fail more, and there are more of them now.
      {
        from: 60 * HOUR,
        to: 3 * HOUR,
        perHour: 60,
        clumped: true,
        each: () => ({ stratum: '50-150k', ...failing(0.2) }),
      },
      { from: 3 * HOUR, to: 0, perHour: 400, clumped: true, each: () => ({ stratum: '50-150k', ...failing(0.2) }) },
      { from: 2 * HOUR, to: 1.8 * HOUR, perHour: 600, clumped: true, each: () => failing(0.6) },
    );
    await look('silent_drift');
    expect(await found('silent_drift')).toEqual([]);
  });
});

describe('model identity', () => {
  const served = (servedModel: string, systemFingerprint = 'fp_1') => ({ servedModel, systemFingerprint });

  it('names a model that was swapped behind its alias, and its share', async () => {
    await serve(
      { from: 5 * HOUR, to: 600, perHour: 100, each: () => served('gpt-4o-2024-08-06') },
      {
        from: 600,
        to: 0,
        perHour: 1200,
        each: (index) => served(index % 5 < 2 ? 'gpt-4o-2024-11-20' : 'gpt-4o-2024-08-06'),
      },
    );
    await look('model_identity');
    expect(await found('model_identity')).toMatchObject([
      {
        metric: 'model_swapped',
        severity: 'warning',
        sentence: expect.stringMatching(/gpt-4o-2024-11-20 answers 3\d\.\d %/),
      },
      { metric: 'model_unpinned', severity: 'info', incidentId: '' },
    ]);
  });

  /** Four tenths of the calls are answered by another model at the end; clients ask as `asked` says. */
  const move = (asked: (isNew: boolean) => Partial<Generation>) =>
    serve(
      { from: HOUR, to: 600, perHour: 60, each: () => ({ ...served('gpt-4o-2024-08-06'), ...asked(false) }) },
      {
        from: 600,
        to: 0,
        perHour: 600,
        each: (index) => {
          const isNew = index % 5 < 2;
          return { ...served(isNew ? 'gpt-4o-2024-11-20' : 'gpt-4o-2024-08-06'), ...asked(isNew) };
        },
      },
    );
  const modelTag = (value: string): Partial<Generation> => ({
    versions: { ...aGeneration(0).versions, model: { value, source: 'tagged' } },
  });

  it.each<[string, (isNew: boolean) => Partial<Generation>]>([
    ['asks for it by name', (isNew) => ({ requestedModel: isNew ? 'gpt-4o-next' : 'gpt-4o' })],
    ['tags another model version', (isNew) => modelTag(isNew ? 'm8' : 'm7')],
    ['sends calls to a candidate', (isNew) => ({ arm: isNew ? 'candidate' : 'baseline' })],
  ])('takes no change for a swap whose client %s', async (_, asked) => {
    await move(asked);
    await look('model_identity');
    expect((await found('model_identity')).map(({ metric }) => metric)).not.toContain('model_swapped');
  });

  it('still names a swap behind the alias of calls that a rollout of something else has in its arms', async () => {
    await move(() => ({ arm: random() < 0.5 ? 'candidate' : 'baseline' }));
    await look('model_identity');
    expect((await found('model_identity')).filter(({ metric }) => metric === 'model_swapped')).toHaveLength(1);
  });

  it('takes no change for a swap that was declared or deployed', async () => {
    const declare = () =>
      recordRollout(
        database,
        {
          ...{ id: `rol_model_${sequence}`, targetId: targetId(target()), target: target(), policy: rolloutPolicy({}) },
          ...{ baseline: { model: 'gpt-4o-2024-08-06' }, candidate: { model: 'gpt-4o-2024-11-20' } },
          ...{ changed: ['model'], origin: 'declared', startedAt: (end - 600) * 1000 },
        },
        {
          ...{ rolloutId: `rol_model_${sequence}`, revision: 1, at: (end - 600) * 1000, status: 'running', stage: 50 },
          ...{ stageSince: (end - 600) * 1000, verdict: 'hold', reasons: [], latched: null },
        },
      );
    const deploy = () =>
      recordDeployment(database, {
        ...{ id: `dep_${sequence}`, ...target(), surface: 'model', version: 'gpt-4o-2024-11-20', previousVersion: '' },
        ...{ actor: 'Ada', source: 'api', comment: '', at: (end - 610) * 1000 },
      });
    for (const announce of [declare, deploy]) {
      sequence += 1;
      await move(() => ({}));
      await announce();
      await look('model_identity');
      expect((await found('model_identity')).map(({ metric }) => metric)).toEqual(['model_unpinned']);
    }
  });

  it('says nothing of a pinned model, or of a stray answer, and is quiet about fingerprints', async () => {
    await serve({
      from: 5 * HOUR,
      to: 0,
      perHour: 100,
      each: (index) => ({ requestedModel: 'm-1', ...served(index === 499 ? 'm-2' : 'm-1') }),
    });
    await look('model_identity');
    expect(await found('model_identity')).toEqual([]);
  });

  it('notes a system fingerprint that changed for nearly all calls', async () => {
    await serve(
      { from: 5 * HOUR, to: 900, perHour: 100, each: () => ({ requestedModel: 'm-1', ...served('m-1', 'fp_1') }) },
      { from: 900, to: 0, perHour: 400, each: () => ({ requestedModel: 'm-1', ...served('m-1', 'fp_2') }) },
    );
    await look('model_identity');
    expect(await found('model_identity')).toMatchObject([{ metric: 'system_fingerprint_changed', severity: 'info' }]);
  });
});

describe('registry hygiene', () => {
  const ran = (promptDigest: string) => ({ promptDigest: promptDigest.repeat(32) });

  it('finds a published version that was edited, and a name that was used again', async () => {
    await serve(
      { from: 5 * HOUR, to: 2 * HOUR, perHour: 60, versions: { prompt: 'v12' }, each: () => ran('aa') },
      { from: 2 * HOUR, to: 0, perHour: 60, versions: { prompt: 'v12' }, each: () => ran('bb') },
      { from: 9 * HOUR, to: 6 * HOUR, perHour: 60, versions: { prompt: 'beta' }, each: () => ran('cc') },
      { from: HOUR, to: 0, perHour: 60, versions: { prompt: 'beta' }, each: () => ran('dd') },
    );
    await look('registry_hygiene');
    expect(await found('registry_hygiene')).toMatchObject([
      { metric: 'version_mutated', severity: 'warning', subject: expect.stringContaining('prompt v12 bb') },
      { metric: 'version_reused', severity: 'warning', subject: expect.stringContaining('prompt beta dd') },
    ]);
  });

  it('leaves two contents alone that were always side by side, and one call of a developer', async () => {
    await serve(
      {
        from: 5 * HOUR,
        to: 0,
        perHour: 120,
        versions: { prompt: 'v12' },
        each: (index) => ran(index % 2 ? 'aa' : 'bb'),
      },
      { from: HOUR, to: 0, perHour: 5, versions: { prompt: 'v12' }, each: () => ran('cc') },
    );
    await look('registry_hygiene');
    expect(await found('registry_hygiene')).toEqual([]);
  });

  it('finds tools that refuse calls that were right before, with what is refused', async () => {
    const tools = (required: string) =>
      `[{"description":"","name":"lookup_order","parameters":{"properties":{"history":{"type":"boolean"},"order":{"type":"string"}},"required":[${required}],"type":"object"}}]`;
    const artifacts = [
      { digest: `${sequence}`.padStart(64, 'a'), kind: 'tools' as const, content: tools('"order"') },
      { digest: `${sequence}`.padStart(64, 'b'), kind: 'tools' as const, content: tools('"history","order"') },
    ];
    await load({ artifacts });
    const shown = (index: 0 | 1) => () => ({ toolsDigest: artifacts[index]?.digest ?? '' });
    await serve(
      { from: 2 * HOUR, to: HOUR, perHour: 60, versions: { tools: 't3' }, each: shown(0) },
      { from: HOUR, to: 0, perHour: 60, versions: { tools: 't4' }, each: shown(1) },
    );
    await look('registry_hygiene');
    expect(await found('registry_hygiene')).toMatchObject([
      {
        metric: 'breaking_tool_schema',
        severity: 'warning',
        sentence: expect.stringContaining('lookup_order: The new schema refuses'),
      },
    ]);
  });

  it('tells how to tag what carries no version', async () => {
    const untagged: Partial<Generation> = {
      versions: { ...aGeneration(0).versions, prompt: { value: '', source: 'missing' } },
    };
    await serve({
      from: HOUR,
      to: 0,
      perHour: 200,
      each: (index) => ({ ...untagged, promptDigest: index.toString(16).padStart(64, '0') }),
    });
    await look('registry_hygiene');
    expect(await found('registry_hygiene')).toMatchObject([
      { metric: 'prompt_templated', severity: 'info' },
      { metric: 'version_missing', severity: 'info', sentence: expect.stringContaining('gen_ai.prompt.version') },
    ]);
  });
});

describe('stage guard', () => {
  const rollout = (
    policy: Parameters<typeof rolloutPolicy>[0],
    origin: Rollout['origin'] = 'observed',
    from = HOUR,
  ): Rollout => ({
    id: `rol_guard_${sequence}`,
    targetId: targetId(target()),
    target: target(),
    baseline: { prompt: 'v12' },
    candidate: { prompt: 'v13' },
    changed: ['prompt'],
    origin,
    policy: rolloutPolicy(policy),
    startedAt: (end - from) * 1000,
  });
  /** @param ago seconds before the end at which the stage began; the rollout's own beginning when absent */
  const onRecord = (made: Rollout, stage: number, ago?: number, revision = 1) => {
    const since = ago === undefined ? made.startedAt : (end - ago) * 1000;
    return recordRollout(database, made, {
      ...{ rolloutId: made.id, revision, at: since, status: 'running', stage, stageSince: since },
      ...{ verdict: 'hold', reasons: [], latched: null },
    });
  };
  const v12 = { prompt: 'v12' };
  const v13 = { prompt: 'v13' };

  it('names a change that went straight to everybody, who deployed it, and takes it back where the policy says so', async () => {
    await serve(
      { from: HOUR, to: 600, perHour: 1200, versions: v12 },
      { from: 600, to: 0, perHour: 1200, versions: v13 },
    );
    await onRecord(rollout({ mode: 'auto', onSkippedStage: 'rollback' }, 'observed', 600), 100);
    await recordDeployment(database, {
      ...{ id: `dep_${sequence}`, ...target(), surface: 'prompt', version: 'v13', previousVersion: 'v12' },
      ...{ actor: 'Ada', source: 'api', comment: '', at: (end - 640) * 1000 },
    });
    await look('stage_guard');
    const [finding] = await found('stage_guard');
    expect(finding).toMatchObject({ metric: 'no_rollout', severity: 'warning' });
    expect(finding?.sentence).toMatch(
      /prompt v12 → v13 went from nothing to all traffic within a minute.*Ada deployed it/,
    );
    const [incident] = await listIncidents(database, { targetId: targetId(target()) });
    expect(incident?.evidence).toMatchObject({ remedy: 'rollback', rolloutId: `rol_guard_${sequence}` });
    const events = await listIncidentEvents(database, [incident?.id ?? '']);
    expect(events.map(({ kind }) => kind)).toContain('rollback_withheld');
  });

  it('only tells of it where no change was ever staged, and warns from the first one on', async () => {
    await serve(
      { from: HOUR, to: 600, perHour: 1200, versions: v12 },
      { from: 600, to: 0, perHour: 1200, versions: v13 },
    );
    const made = rollout({}, 'observed', 600);
    await onRecord(made, 50, 590);
    await onRecord(made, 100, 560, 2);
    await look('stage_guard');
    const told = { metric: 'no_rollout', severity: 'info', incidentId: '' };
    expect(await found('stage_guard')).toMatchObject([{ ...told, sentence: expect.stringContaining('never staged') }]);
    // A change that is staged afterwards does not make the old one an alarm…
    await onRecord(
      { ...rollout({}, 'observed', 300), id: `rol_later_${sequence}`, candidate: { prompt: 'v14' } },
      10,
      300,
    );
    await look('stage_guard');
    expect(await found('stage_guard')).toMatchObject([told]);
    // …one before it does.
    const before = { ...rollout({}, 'observed', 2 * HOUR), id: `rol_before_${sequence}`, candidate: { prompt: 'v12' } };
    await onRecord({ ...before, baseline: { prompt: 'v11' } }, 10, 2 * HOUR);
    await look('stage_guard');
    expect(await found('stage_guard')).toMatchObject([{ metric: 'no_rollout', severity: 'warning' }]);
    expect(await listIncidents(database, { targetId: targetId(target()) })).toHaveLength(1);
  });

  it('names the stages that were skipped after 1 %', async () => {
    await serve(
      { from: HOUR, to: 1800, perHour: 1200, versions: v12 },
      { from: 1800, to: 600, perHour: 3600, versions: v12 },
      { from: 1800, to: 600, perHour: 36, versions: v13 },
      { from: 600, to: 0, perHour: 1200, versions: v13 },
    );
    await onRecord(rollout({ stages: [0, 1, 10, 50, 100], soakSeconds: 600 }), 100);
    await look('stage_guard');
    expect(await found('stage_guard')).toMatchObject([
      {
        metric: 'stages_skipped',
        sentence: expect.stringContaining('from 1 % to all traffic within a minute and skipped 10 % and 50 %'),
      },
    ]);
  });

  it('says when a declared stage does not get its share', async () => {
    await serve(
      { from: HOUR, to: 0, perHour: 3000, versions: v12 },
      { from: HOUR, to: 0, perHour: 600, versions: v13 },
    );
    await onRecord(rollout({}, 'declared'), 10);
    await look('stage_guard');
    expect(await found('stage_guard')).toMatchObject([{ metric: 'share_off', severity: 'warning' }]);
  });

  it('does not take the calls of a few sessions for a share', async () => {
    const sessions = (count: number) => (index: number) => ({ sessionId: `s${count}-${index % count}` });
    await serve(
      { from: HOUR, to: 0, perHour: 2970, versions: v12, each: sessions(99) },
      { from: HOUR, to: 0, perHour: 60, versions: v13, each: sessions(2) },
    );
    await onRecord(rollout({}, 'declared'), 5);
    await look('stage_guard');
    expect(await found('stage_guard')).toEqual([]);
  });

  it('has nothing to say of a rollout that keeps to its stages', async () => {
    await serve(
      { from: HOUR, to: 2000, perHour: 1800, versions: v12 },
      { from: 2000, to: 1300, perHour: 1800, versions: v12 },
      { from: 2000, to: 1300, perHour: 200, versions: v13 },
      { from: 1300, to: 600, perHour: 1000, versions: v12 },
      { from: 1300, to: 600, perHour: 1000, versions: v13 },
      { from: 600, to: 0, perHour: 1800, versions: v13 },
    );
    await onRecord(rollout({ stages: [0, 10, 50, 100], soakSeconds: 600 }, 'declared', 2000), 100);
    await look('stage_guard');
    expect(await found('stage_guard')).toEqual([]);
  });
});

describe('sub-population', () => {
  const bad: Partial<Generation> = { compliance: 'not_json' };

  it('names sessions that are routed to something broken, and stay there', async () => {
    // 0.8 % of the sessions: the mean moves by less than a point.
    await serve({
      from: 1700,
      to: 0,
      perHour: 17_000,
      each: (index) => {
        const session = index % 1000;
        return { sessionId: `s${session}`, ...(session < 8 && random() < 0.7 ? bad : {}) };
      },
    });
    await look('sub_population');
    expect(await found('sub_population')).toMatchObject([
      {
        metric: 'sticky_sessions',
        severity: 'error',
        sentence: expect.stringMatching(/ of 1,000 sessions \(0\.\d+ %\) keep failing/),
      },
    ]);
  });

  it('names the pod that fails, and the script that nobody asked for', async () => {
    const script = (index: number): Partial<Generation> =>
      index > 2500 && index % 10 === 0 ? { unexpectedScript: 'Thai' } : {};
    await serve(
      { from: 2 * HOUR, to: 1700, perHour: 1000, each: (index) => ({ pod: `pod-${index % 4}` }) },
      {
        from: 1700,
        to: 0,
        perHour: 8000,
        each: (index) => ({
          pod: `pod-${index % 4}`,
          ...(index % 4 === 2 && random() < 0.2 ? bad : {}),
          ...script(index),
        }),
      },
    );
    await look('sub_population');
    expect(await found('sub_population')).toMatchObject([
      { metric: 'pod_worse', subject: expect.stringContaining('pod-2') },
      { metric: 'unexpected_script', subject: expect.stringContaining('Thai') },
    ]);
  });

  it('names the pod that fails from a sample of the calls, and says that it was one', async () => {
    const each = (index: number) => ({ pod: `pod-${index % 4}`, ...(index % 4 === 2 && random() < 0.2 ? bad : {}) });
    await serve({ from: 1700, to: 0, perHour: 8000, each });
    await look('sub_population', 1000);
    expect(await found('sub_population')).toMatchObject([
      {
        metric: 'pod_worse',
        subject: expect.stringContaining('pod-2'),
        evidence: expect.stringMatching(/one in 4 sessions/),
      },
    ]);
  });

  it('is quiet when failures are spread over sessions, pods and regions', async () => {
    await serve({
      from: 1700,
      to: 0,
      perHour: 8000,
      each: (index) => ({
        ...{ sessionId: `s${index % 500}`, pod: `pod-${index % 4}`, region: `eu-${index % 2}` },
        ...(random() < 0.05 ? bad : {}),
      }),
    });
    await look('sub_population');
    expect(await found('sub_population')).toEqual([]);
  });
});

describe('consistency window', () => {
  const old = { prompt: 'v12', tools: 't3' };
  const young = { prompt: 'v13', tools: 't4' };
  const versionsOf = (versions: Partial<VersionValues>) => aGeneration(0, versions).versions;

  it('tells how sessions fare that a change catches half-way', async () => {
    await serve({
      from: 1700,
      to: 0,
      perHour: 6000,
      each: (index) => {
        const session = index % 400;
        const straddles = session < 200;
        const moved = straddles ? index > 1400 : session % 2 === 0;
        const fails = straddles && moved && random() < 0.4;
        return {
          sessionId: `s${session}`,
          versions: versionsOf(moved ? young : old),
          ...(fails ? { compliance: 'not_json' as const } : {}),
        };
      },
    });
    await look('consistency_window');
    expect(await found('consistency_window')).toMatchObject([
      {
        metric: 'straddling_sessions',
        subject: 'prompt tools',
        sentence: expect.stringContaining('another prompt and tools half-way'),
      },
    ]);
  });

  it('names combinations that nobody rolled out, and says nothing of the two arms', async () => {
    await serve(
      { from: HOUR, to: 0, perHour: 1200, versions: old },
      { from: 1800, to: 0, perHour: 600, versions: young },
      { from: 1200, to: 0, perHour: 300, versions: { prompt: 'v13', tools: 't3' } },
    );
    const policy = rolloutPolicy({});
    await recordRollout(
      database,
      {
        ...{ id: `rol_mix_${sequence}`, targetId: targetId(target()), target: target(), policy },
        ...{
          baseline: old,
          candidate: young,
          changed: ['prompt', 'tools'],
          origin: 'declared',
          startedAt: (end - 1800) * 1000,
        },
      },
      {
        ...{
          rolloutId: `rol_mix_${sequence}`,
          revision: 1,
          at: end * 1000,
          status: 'running',
          stage: 25,
          stageSince: end * 1000,
        },
        ...{ verdict: 'hold', reasons: [], latched: null },
      },
    );
    await look('consistency_window');
    expect(await found('consistency_window')).toMatchObject([
      { metric: 'untested_pair', sentence: expect.stringContaining('prompt v13 and tools t3 answered') },
    ]);
  });

  it('names pods that have not heard of a deployment, and how long it took when all have', async () => {
    const deployed = (from: number) =>
      recordDeployment(database, {
        ...{ id: `dep_${sequence}`, ...target(), surface: 'prompt', version: 'v13', previousVersion: 'v12' },
        ...{ actor: 'ci', source: 'api', comment: '', at: (end - from) * 1000 },
      });
    const podOf = (index: number) => `pod-${index % 4}`;
    await serve(
      { from: HOUR, to: 1200, perHour: 1200, versions: { prompt: 'v12' }, each: (index) => ({ pod: podOf(index) }) },
      {
        from: 1200,
        to: 0,
        perHour: 1200,
        each: (index) => ({ pod: podOf(index), versions: versionsOf({ prompt: index % 4 === 1 ? 'v12' : 'v13' }) }),
      },
    );
    await deployed(1210);
    await look('consistency_window');
    expect(await found('consistency_window')).toMatchObject([
      {
        metric: 'old_pods',
        severity: 'warning',
        sentence: expect.stringMatching(/^pod-1 still serves prompt v12, 2\d minutes after v13/),
      },
    ]);
    await serve({
      from: 0,
      to: -600,
      perHour: 1200,
      each: (index) => ({ pod: podOf(index), versions: versionsOf({ prompt: 'v13' }) }),
    });
    end += 600;
    await serve();
    await look('consistency_window');
    expect((await found('consistency_window')).map(({ metric }) => metric)).toEqual(['old_pods', 'propagated']);
  });
});

describe('drain advice', () => {
  /** Pods of five minutes; streams that are open at their end are cut when `cuts`. */
  const streams = (cuts: boolean) =>
    serve({
      from: 2400,
      to: 0,
      perHour: 3600,
      each: (index, at) => {
        const podEnd = (Math.floor(at / 300) + 1) * 300;
        const seconds = index % 50 === 0 ? 55 : 4 + (index % 20);
        const isCut = cuts && at + seconds > podEnd;
        const endSeconds = isCut ? podEnd : at + seconds;
        return {
          pod: `pod-${podEnd}`,
          endNs: BigInt(Math.round(endSeconds * 1000)) * 1_000_000n,
          timeToFirstTokenNs: 400_000_000n,
          finishReason: isCut ? 'missing' : 'stop',
        };
      },
    });

  it('finds streams that are cut off as their pods end, with YAML to paste', async () => {
    await streams(true);
    await look('drain_advice');
    const [finding] = await found('drain_advice');
    expect(finding).toMatchObject({ metric: 'cut_at_pod_end', severity: 'warning' });
    expect(JSON.parse(finding?.evidence ?? '{}').details.yaml).toContain('terminationGracePeriodSeconds: 70');
  });

  it('only advises when none is cut off, and is silent when streams are short', async () => {
    await streams(false);
    await look('drain_advice');
    expect(await found('drain_advice')).toMatchObject([{ metric: 'grace_period_short', severity: 'info' }]);
    sequence += 1;
    await serve({ from: HOUR, to: 0, perHour: 400, each: () => ({ timeToFirstTokenNs: 100_000_000n }) });
    await look('drain_advice');
    expect(await found('drain_advice')).toEqual([]);
  });
});

describe('mcp', () => {
  const speak = (count: number, from: number, version: string, failing: number) =>
    Array.from({ length: count }, (_, index) => {
      const startNs = BigInt(Math.round((end - from + index) * 1000)) * 1_000_000n;
      const attributes: [string, string][] = [
        ['mcp.method.name', 'initialize'],
        ['mcp.protocol.version', version],
        ['server.address', 'tools.example'],
      ];
      if (index < failing) attributes.push(['error.type', 'unsupported_version']);
      return aSpan({
        ...{ name: 'initialize', startNs, endNs: startNs + 1_000_000n },
        attributes: new Map(attributes),
        resource: new Map([['service.name', target().service]]),
      });
    });

  it('tells of sessions that do not begin, and of a version that changed', async () => {
    await serve({ from: HOUR, to: 0, perHour: 100 });
    const spans = [...speak(30, 3000, '2025-06-18', 0), ...speak(30, 300, '2024-11-05', 10)];
    await load({ spans });
    await look('mcp');
    expect(await found('mcp')).toMatchObject([
      { metric: 'negotiation_failed', severity: 'warning', sentence: expect.stringContaining('unsupported_version') },
      { metric: 'protocol_version_changed', severity: 'info', sentence: expect.stringContaining('2024-11-05') },
    ]);
  });

  const recorded = (count: number, from: number, name: string, attributes: readonly (readonly [string, string])[]) =>
    Array.from({ length: count }, (_, index) => {
      const startNs = BigInt(Math.round((end - from + index) * 1000)) * 1_000_000n;
      const resource = new Map([['service.name', target().service]]);
      return aSpan({ name, startNs, endNs: startNs + 1_000_000n, attributes: new Map(attributes), resource });
    });

  it('tells of a server that answers in another version than OpenLLMetry asked for', async () => {
    await serve({ from: HOUR, to: 0, perHour: 100 });
    const initialize = recorded(20, 300, 'initialize.mcp', [
      ['traceloop.entity.input', '{"protocolVersion":"2025-11-25","capabilities":{}}'],
      ['traceloop.entity.output', '{"protocolVersion":"2024-11-05","serverInfo":{"name":"weather"}}'],
    ]);
    await load({ spans: initialize });
    await look('mcp');
    expect(await found('mcp')).toMatchObject([
      { metric: 'protocol_version_mismatch', severity: 'info', subject: 'server  2025-11-25 2024-11-05' },
    ]);
  });

  it('tells of requests that are turned down for their version, and of two versions that stay', async () => {
    await serve({ from: HOUR, to: 0, perHour: 100 });
    const call = (version: string): [string, string][] => [
      ['mcp.method.name', 'tools/call'],
      ['mcp.protocol.version', version],
      ['server.address', 'tools.example'],
    ];
    const spans = [3000, 300].flatMap((from) => [
      ...recorded(150, from, 'tools/call lookup', call('2025-11-25')),
      ...recorded(150, from, 'tools/call lookup', call('2025-06-18')),
      ...recorded(20, from, 'tools/call lookup', [...call('2026-07-28'), ['rpc.response.status_code', '-32022']]),
    ]);
    await load({ spans });
    await look('mcp');
    expect(await found('mcp')).toMatchObject([
      { metric: 'protocol_versions_mixed', severity: 'info', subject: 'server tools.example 2025-06-18 2025-11-25' },
      {
        metric: 'version_refused',
        severity: 'warning',
        sentence: expect.stringMatching(/20 of 320 requests .*does not speak MCP 2026-07-28/),
      },
    ]);
  });

  it('is silent about one version that works', async () => {
    await serve({ from: HOUR, to: 0, perHour: 100 });
    await load({
      spans: [...speak(30, 3000, '2025-06-18', 1), ...speak(30, 300, '2025-06-18', 1)],
    });
    await look('mcp');
    expect(await found('mcp')).toEqual([]);
  });
});

describe('the host of watches', () => {
  const broken: Watch = {
    name: 'broken',
    question: '?',
    everySeconds: 10,
    holdSeconds: 10,
    facts: { nothing: { sql: 'SELECT nonsense FROM nowhere', lookbackSeconds: 10 } },
    judge: () => [],
  };

  it('names a watch that fails, and lets the others look', async () => {
    await serve({ from: HOUR, to: 0, perHour: 200, each: () => ({ requestedModel: 'alias' }) });
    const watches = [broken, ...WATCHES.filter(({ name }) => name === 'model_identity')];
    const host = new WatchHost({ database, clock, desk, onChange: () => {}, watches });
    await expect(lookAll(host)).rejects.toThrow(/broken: .*nowhere/);
    expect(host.status).toMatchObject([{ name: 'broken' }, { name: 'model_identity', lastError: '' }]);
    expect(await found('model_identity')).toMatchObject([{ metric: 'model_unpinned' }]);
  });

  /** Its facts are when the target was called; it notes what it was shown. */
  const curious = (seen: string[]): Watch => {
    const calls = {
      sql: 'SELECT target_id AS targetId, count() AS n FROM generations WHERE target_id IN {targets:Array(String)} GROUP BY target_id',
      lookbackSeconds: 60,
    };
    return {
      ...{ name: 'curious', question: '?', everySeconds: 10, holdSeconds: 600 },
      facts: {
        calls,
        many: { ...calls, isNeeded: ({ calls: known = [] }) => known.some(({ n }) => Number(n) > 50) },
      },
      judge: ({ calls: known = [], many = [] }, context) => {
        if (context.targetId === targetId(target())) seen.push(`${known[0]?.['n']} ${many.length}`);
        return [];
      },
    };
  };

  it('looks at whole sessions of a sample where calls are too many, and at all calls of others', async () => {
    const sessions = { each: (index: number) => ({ sessionId: `session-${Math.floor(index / 5)}` }) };
    const seen = new Map<string, unknown[]>();
    const watch: Watch = {
      ...{ name: 'sampler', question: '?', everySeconds: 10, holdSeconds: 10 },
      facts: {
        calls: {
          sql: `SELECT target_id AS targetId, count() AS n, uniqExact(session_id) AS sessions
            FROM ${servedCalls('session_id')} GROUP BY target_id`,
          lookbackSeconds: 2 * HOUR,
        },
      },
      judge: ({ calls = [] }, { target: { operation }, oneIn }) => {
        const [row] = calls;
        seen.set(operation, [...(seen.get(operation) ?? []), [row?.['n'], Number(row?.['sessions']) * 5, oneIn]]);
        return [];
      },
    };
    operation = 'busy';
    await serve({ from: HOUR, to: 0, perHour: 1000, ...sessions });
    operation = 'quiet';
    await serve({ from: HOUR, to: 0, perHour: 50, ...sessions });
    for (let time = 0; time < 2; time++)
      await lookAll(
        new WatchHost({ database, clock, desk, onChange: () => {}, watches: [watch], maxCallsAtOnce: 200 }),
      );
    const [first, again] = seen.get('busy') ?? [];
    expect(again).toEqual(first);
    const [calls, ofSessions, oneIn] = first as number[];
    expect([calls, oneIn]).toEqual([ofSessions, 8]);
    expect(calls).toBeGreaterThan(40);
    expect(calls).toBeLessThan(250);
    expect(seen.get('quiet')).toEqual(Array(2).fill([50, 50, 1]));
  });

  it('looks again at a target where calls came, at others after five minutes', async () => {
    await serve({ from: 40, to: 0, perHour: 3600 });
    const seen: string[] = [];
    let second = 0;
    const later: Clock = { now: () => clock.now() + second * 1000 };
    const host = new WatchHost({ database, clock: later, desk, onChange: () => {}, watches: [curious(seen)] });
    const lookAt = async (at: number) => {
      second = at;
      while (await host.follow({ closedUntil: end + at }));
      return seen.length;
    };
    expect(await lookAt(0)).toBe(1);
    expect(await lookAt(60)).toBe(1);
    await serve({ from: -60, to: -80, perHour: 3600 });
    // Its bucket is not closed yet when it looks: it comes back.
    expect(await lookAt(70)).toBe(2);
    expect(await lookAt(90)).toBe(3);
    expect(await lookAt(120)).toBe(3);
    expect(await lookAt(390)).toBe(4);
    // What was not needed was not asked.
    expect(seen).toEqual(['40 0', '60 1', '60 1', '60 1']);
  });

  it('does not end what it found while it does not look, and does when it looks and finds nothing', async () => {
    await serve({ from: 40, to: 0, perHour: 3600 });
    let finds = true;
    let second = 0;
    const watch: Watch = {
      ...{ name: 'fickle', question: '?', everySeconds: 10, holdSeconds: 60, facts: {} },
      judge: (_, { targetId: id }) =>
        finds && id === targetId(target())
          ? [makeDraft({ detector: 'fickle', target: target(), severity: 'info' })]
          : [],
    };
    const later: Clock = { now: () => clock.now() + second * 1000 };
    const newHost = () => new WatchHost({ database, clock: later, desk, onChange: () => {}, watches: [watch] });
    const endedAfter = async (host: WatchHost, at: number) => {
      second = at;
      while (await host.follow({ closedUntil: end + at }));
      return (await found('fickle')).map(({ endedAt }) => endedAt !== null);
    };
    const host = newHost();
    expect(await endedAfter(host, 0)).toEqual([false]);
    finds = false;
    expect(await endedAfter(host, 100)).toEqual([false]);
    expect(await endedAfter(host, 290)).toEqual([false]);
    // A new process does not know that nothing came, and looks.
    expect(await endedAfter(newHost(), 299)).toEqual([true]);
  });

  it('finds the same once when two of them look', async () => {
    await serve({ from: HOUR, to: 0, perHour: 200, each: () => ({ requestedModel: 'alias' }) });
    await Promise.all([look('model_identity'), look('model_identity')]);
    expect(await found('model_identity')).toHaveLength(1);
  });
});
