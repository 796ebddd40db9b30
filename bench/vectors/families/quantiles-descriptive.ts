import { max, mean, min, sampleStandardDeviation } from 'simple-statistics';
import { histogramOf, quantileBucket, valueOfBucket } from '../../../detectors/statistics/log-histogram.js';
import { interpolatedQuantile } from '../../../detectors/statistics/reference/interpolated-quantile.js';
import type { CaseInput } from '../case-input.js';
import { type Answer, type Family, quantities } from '../family.js';

function answer(input: CaseInput): Answer {
  const x = input.numbers('x');
  // Kayenta's convention: everything about no values is 0.
  if (x.length === 0) return () => 0;
  const table = quantities({
    n: () => x.length,
    min: () => min(x),
    max: () => max(x),
    mean: () => mean(x),
    std_sample: () => (x.length < 2 ? 0 : sampleStandardDeviation(x)),
    median: () => interpolatedQuantile(x, 0.5),
    quantiles: () => input.numbers('q').map((q) => interpolatedQuantile(x, q)),
    // By the log histogram, whose buckets keep every value to 1 %.
    rank_values_lower: () => {
      const histogram = histogramOf(x);
      return input.numbers('q').map((q) => valueOfBucket(quantileBucket(histogram, q) ?? 0));
    },
    count_gt: () => input.numbers('thresholds').map((limit) => x.filter((value) => value > limit).length),
  });
  return (quantity) => {
    const [, percent] = /^p(\d+(?:\.\d+)?)$/.exec(quantity) ?? [];
    return percent === undefined ? table(quantity) : interpolatedQuantile(x, Number(percent) / 100);
  };
}

export const quantilesDescriptive: Family = { name: 'quantiles_descriptive', kinds: [{ needs: ['x'], answer }] };
