import { changePointLogE, startChangePoint, updateChangePoint } from '../../../detectors/statistics/change-point.js';
import type { FailureCounts } from '../../../detectors/statistics/counts.js';
import { adaptiveWindowingAlarms } from '../../../detectors/statistics/reference/adaptive-windowing.js';
import { cumulativeSumAlarms } from '../../../detectors/statistics/reference/cumulative-sum.js';
import { driftDetectionMethod } from '../../../detectors/statistics/reference/drift-detection-method.js';
import { eCusum } from '../../../detectors/statistics/reference/e-cusum.js';
import { pageHinkleyAlarms } from '../../../detectors/statistics/reference/page-hinkley.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

/** Blocks [n, successes]; `first_block_…_ge_1000` is the first index at which the statistic reaches that number. */
function ofBlocks(input: CaseInput): Answer {
  const blocks: FailureCounts[] = input
    .rows('blocks_n_successes')
    .map(([n = 0, successes = 0]) => ({ n, failures: n - successes }));
  const nullFailureRate = 1 - input.number('p0');
  const grid = input.numbers('grid_logodds_drop');
  const trajectories: Readonly<Record<string, readonly number[]>> = {
    sr: shiryaevRoberts(blocks, nullFailureRate, grid),
    cusum: eCusum(blocks, nullFailureRate, grid),
  };
  return (quantity) => {
    const [, whole] = /^log_e_(sr|cusum)$/.exec(quantity) ?? [];
    if (whole !== undefined) return trajectories[whole];
    const [, kind, limit] = /^first_block_e_(sr|cusum)_ge_(\d+)$/.exec(quantity) ?? [];
    if (kind === undefined || limit === undefined) return undefined;
    const at = trajectories[kind]?.findIndex((value) => value >= Math.log(Number(limit))) ?? -1;
    return at < 0 ? null : at;
  };
}

function shiryaevRoberts(blocks: readonly FailureCounts[], nullRate: number, grid: readonly number[]): number[] {
  let state = startChangePoint(grid);
  return blocks.map((block) => {
    state = updateChangePoint(state, block, nullRate);
    return changePointLogE(state);
  });
}

/** The detector of a stream is told by the names of its parameters. */
function ofStream(input: CaseInput): Answer {
  const stream = input.numbers('stream');
  const parameters = input.inner('params');
  const first = (names: readonly string[], otherwise: number): number => {
    const name = names.find((candidate) => parameters.has(candidate));
    return name === undefined ? otherwise : parameters.number(name);
  };
  const minimumUnits = first(['min_instances', 'min_num_instances', 'warm_start'], 30);
  const delta = first(['delta'], 0.005);
  const threshold = first(['threshold', 'lambda_', 'lambda'], 50);
  if (parameters.has('clock')) return detections(adaptiveWindowing(stream, parameters));
  if (['warm_start', 'drift_threshold', 'drift_level', 'out_control_level'].some((name) => parameters.has(name))) {
    const found = driftDetectionMethod(stream, {
      minimumUnits,
      warningLevel: first(['warning_threshold', 'warning_level'], 2),
      driftLevel: first(['drift_threshold', 'drift_level', 'out_control_level'], 3),
    });
    return detections(found.alarms, found.warnings);
  }
  if (parameters.has('alpha')) {
    const forgetting = parameters.number('alpha');
    return detections(pageHinkleyAlarms(stream, { minimumUnits, delta, threshold, forgetting }));
  }
  return detections(cumulativeSumAlarms(stream, { minimumUnits, delta, threshold }));
}

function detections(alarms: readonly number[], warnings: readonly number[] = []): Answer {
  return quantities({
    detections: () => alarms,
    first_detection: () => alarms[0] ?? null,
    warnings: () => warnings,
    first_warning: () => warnings[0] ?? null,
  });
}

function adaptiveWindowing(stream: readonly number[], parameters: CaseInput): number[] {
  return adaptiveWindowingAlarms(stream, {
    delta: parameters.number('delta', 0.002),
    clock: parameters.number('clock', 32),
    maxBuckets: parameters.number('max_buckets', 5),
    minWindowLength: parameters.number('min_window_length', 5),
    gracePeriod: parameters.number('grace_period', 10),
    skipNewestBucketOfEachSize: parameters.flag('skip_newest_bucket_of_each_row'),
  });
}

export const changepointStreams: Family = {
  name: 'changepoint_streams',
  kinds: [
    { needs: ['blocks_n_successes', 'p0'], answer: ofBlocks },
    { needs: ['stream', 'params'], answer: ofStream },
  ],
};
