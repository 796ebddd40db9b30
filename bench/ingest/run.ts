import { rmSync } from 'node:fs';
import { SPANS_A_BATCH } from './batches.js';
import { Child } from './child.js';
import type { Prepared, Sent } from './generator.js';
import type { Limits } from './limits.js';
import type { Workload } from './options.js';
import { type RunningVariant, startLeeway, startStraightforward, until } from './variants.js';

/** One run of a variant: until all its spans can be read back. */
export interface Run {
  readonly spansPerSecond: number;
  readonly megabytesPerSecond: number;
  /** Of the receiving process with all its threads, the engine's too; `null` where the system does not tell. */
  readonly cpuSecondsPerMillionSpans: number | null;
  readonly peakRssMegabytes: number | null;
  /** Requests answered 503, which were sent again. */
  readonly refused: number;
}

export interface Latency {
  readonly spansPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface WorkloadReport {
  readonly workload: string;
  readonly bytesPerSpan: number;
  readonly sentBytesPerSpan: number;
  /** Medians over the rounds. */
  readonly a: Run;
  /** The straightforward path with rows of otel_traces only; the same as `a` where spans are no LLM calls. */
  readonly a_traces_only: Run;
  readonly b: Run;
  readonly limits: Limits;
  /** Medians of what each round gave: its runs follow each other, so that the machine's speed was much the same. */
  readonly b_over_a: number;
  readonly b_over_traces_only: number;
  /** Of each round, in their order. */
  readonly b_over_a_by_round: readonly number[];
  readonly b_over_c: number;
  readonly b_over_d: number;
  /** At half of what (b) reached. */
  readonly latency: Latency;
}

const WARM_UP_BATCHES = 40;
/** The straightforward path is slower: a third of the requests take as long. */
const STRAIGHTFORWARD_SHARE = 3;
const READ_BACK_TIMEOUT_MS = 120_000;
const LATENCY_SECONDS = 15;

export async function runWorkload(
  workload: Workload,
  rounds: number,
  onProgress: (line: string) => void,
): Promise<WorkloadReport> {
  const generator = new Child('dist/bench/ingest/generator.js');
  try {
    onProgress(`${workload.name}: encoding ${workload.batches * SPANS_A_BATCH} spans`);
    const total = { ...workload, batches: workload.batches + WARM_UP_BATCHES };
    const prepared = await generator.ask<Prepared>({ prepare: total });
    const areCalls = workload.kind !== 'step';
    const runs: Record<'a' | 'tracesOnly' | 'b', Run[]> = { a: [], tracesOnly: [], b: [] };
    for (let round = 0; round < rounds; round++) {
      const fewer = Math.ceil(workload.batches / STRAIGHTFORWARD_SHARE);
      const straightforward = async (rows: 'all' | 'traces') =>
        measure(await startStraightforward(rows), generator, prepared, fewer, areCalls && rows === 'all');
      runs.a.push(await straightforward('all'));
      runs.b.push(await measure(await startLeeway(), generator, prepared, workload.batches, areCalls));
      if (areCalls) runs.tracesOnly.push(await straightforward('traces'));
      const rates = Object.entries(runs).map(([name, all]) => `${name} ${Math.round(all.at(-1)?.spansPerSecond ?? 0)}`);
      onProgress(`${workload.name}: round ${round + 1}: ${rates.join(', ')} spans/s`);
    }
    const [a, b] = [median(runs.a), median(runs.b)];
    const a_traces_only = areCalls ? median(runs.tracesOnly) : a;
    const latency = await measureLatency(generator, workload, b.spansPerSecond / 2);
    const limits = await measureLimits(workload);
    const over = (limit: number) => b.spansPerSecond / limit;
    const overRounds = (others: readonly Run[]) =>
      runs.b.map(({ spansPerSecond }, round) => spansPerSecond / (others[round]?.spansPerSecond ?? Number.NaN));
    const medianOf = (ratios: readonly number[]) => medianBy(ratios, (ratio) => ratio);
    const b_over_a_by_round = overRounds(runs.a);
    return {
      workload: workload.name,
      ...prepared,
      a,
      a_traces_only,
      b,
      limits,
      b_over_a: medianOf(b_over_a_by_round),
      b_over_traces_only: medianOf(areCalls ? overRounds(runs.tracesOnly) : b_over_a_by_round),
      b_over_a_by_round,
      b_over_c: over(limits.engine),
      b_over_d: over(limits.decode),
      latency,
    };
  } finally {
    await generator.stop();
  }
}

async function measure(
  variant: RunningVariant,
  generator: Child,
  { bytesPerSpan }: Prepared,
  batches: number,
  withCalls: boolean,
): Promise<Run> {
  const { child, directory, engineDirectory } = variant;
  try {
    await sendAndReadBack(variant, generator, { from: 0, count: WARM_UP_BATCHES, rate: null });
    const cpuBefore = child.cpuSeconds();
    const { seconds, refused } = await sendAndReadBack(variant, generator, {
      from: WARM_UP_BATCHES,
      count: batches,
      rate: null,
    });
    const cpuAfter = child.cpuSeconds();
    const spans = batches * SPANS_A_BATCH;
    const peakRssMegabytes = child.peakMegabytes();
    await child.stop();
    await expectAllStored(engineDirectory, spans + WARM_UP_BATCHES * SPANS_A_BATCH, withCalls);
    return {
      spansPerSecond: spans / seconds,
      megabytesPerSecond: (spans * bytesPerSpan) / seconds / 1e6,
      cpuSecondsPerMillionSpans:
        cpuBefore === null || cpuAfter === null ? null : ((cpuAfter - cpuBefore) * 1e6) / spans,
      peakRssMegabytes,
      refused,
    };
  } finally {
    await child.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function sendAndReadBack(
  { url, hasTrace }: RunningVariant,
  generator: Child,
  what: { readonly from: number; readonly count: number; readonly rate: number | null },
): Promise<Sent> {
  const started = performance.now();
  const sent = await generator.ask<Sent>({ send: { url, ...what } });
  await until(
    () => hasTrace(sent.lastTraceId),
    READ_BACK_TIMEOUT_MS,
    () => `trace ${sent.lastTraceId} cannot be read back`,
  );
  return { ...sent, seconds: (performance.now() - started) / 1000 };
}

/** What was acknowledged is there, once each. */
async function expectAllStored(directory: string, spans: number, withCalls: boolean): Promise<void> {
  const counter = new Child('dist/bench/ingest/stored-spans.js', [directory]);
  const stored = await counter.answer<{ spans: number; generations: number }>();
  await counter.stop();
  if (stored.spans === spans && (!withCalls || stored.generations === spans)) return;
  throw new Error(`${spans} spans were acknowledged, ${stored.spans} spans and ${stored.generations} calls are stored`);
}

async function measureLatency(generator: Child, workload: Workload, rate: number): Promise<Latency> {
  const leeway = await startLeeway();
  try {
    const most = Math.ceil((rate * LATENCY_SECONDS) / SPANS_A_BATCH);
    const count = Math.min(workload.batches, most);
    await sendAndReadBack(leeway, generator, { from: 0, count: WARM_UP_BATCHES, rate });
    const { latenciesMs } = await sendAndReadBack(leeway, generator, { from: WARM_UP_BATCHES, count, rate });
    return { spansPerSecond: rate, p50Ms: quantile(latenciesMs, 0.5), p99Ms: quantile(latenciesMs, 0.99) };
  } finally {
    await leeway.child.stop();
    rmSync(leeway.directory, { recursive: true, force: true });
  }
}

async function measureLimits(workload: Workload): Promise<Limits> {
  const child = new Child('dist/bench/ingest/limits.js');
  try {
    return await child.ask<Limits>(workload);
  } finally {
    await child.stop();
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The run whose rate is the median of all; of two the slower. */
function median(runs: readonly Run[]): Run {
  return medianBy(runs, (run) => run.spansPerSecond);
}

/** @throws Error when there are none */
function medianBy<T>(items: readonly T[], rankOf: (item: T) => number): T {
  const sorted = [...items].sort((x, y) => rankOf(x) - rankOf(y));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('at least one round');
  return middle;
}
