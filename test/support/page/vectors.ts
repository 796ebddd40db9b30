import type { VectorSummary } from '../../../src/api/schemas.js';
import { OTHER_TARGET, type SecondsAgo, TARGET, tagged, versions } from './subjects.js';

export function supportVectors(at: SecondsAgo, seconds: number): VectorSummary[] {
  return [
    vector(
      TARGET.targetId,
      'f00dcafe00000012',
      versions('v12'),
      at(864_000),
      at(3),
      0.9,
      3790,
      [0.011, 0.042, 0.003],
      seconds,
      [9, 360],
    ),
    vector(
      TARGET.targetId,
      'f00dcafe00000013',
      versions('v13'),
      at(1800),
      at(580),
      0.1,
      420,
      [0.062, 0.05, 0.002],
      seconds,
      [180, 302],
    ),
  ];
}

export function docsVectors(at: SecondsAgo, seconds: number): VectorSummary[] {
  const model = (value: string) => ({ ...versions('2026-10-02', value), model: tagged(value) });
  return [
    vector(
      OTHER_TARGET.targetId,
      'beef000000000806',
      model('gpt-4o-2024-08-06'),
      at(864_000),
      at(5),
      0.75,
      1406,
      [0.03, 0.08, 0.001],
      seconds,
      [0, 360],
    ),
    vector(
      OTHER_TARGET.targetId,
      'beef000000001120',
      model('gpt-4o-2024-11-20'),
      at(1500),
      at(5),
      0.25,
      469,
      [0.028, 0.075, 0],
      seconds,
      [210, 360],
    ),
  ];
}

function vector(
  targetId: string,
  vectorId: string,
  versionVector: VectorSummary['versions'],
  firstSeen: string,
  lastSeen: string,
  share: number,
  generations: number,
  [compliance = 0, success = 0, errors = 0]: number[],
  seconds: number,
  [from = 0, to = 0]: number[],
): VectorSummary {
  const metric = (name: string, n: number, rate: number) => {
    const failures = Math.round(n * rate);
    return { metric: name, n, failures, rate: n === 0 ? null : failures / n };
  };
  return {
    targetId,
    vectorId,
    versions: versionVector,
    firstSeen,
    lastSeen,
    share,
    generations,
    metrics: [
      metric('compliance', generations, compliance),
      metric('task_success', Math.round(generations * 0.4), success),
      metric('errors', generations, errors),
    ],
    traffic: Array.from({ length: to - from }, (_, index) => ({
      bucket: seconds - 3600 + (from + index) * 10,
      n: Math.max(0, Math.round((generations / (to - from)) * (1 + 0.35 * Math.sin(index / 7)))),
    })),
  };
}
