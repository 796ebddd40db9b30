/** Ratio of neighbouring bucket bounds of the logarithmic histogram: values are known to 1 %. */
export const HISTOGRAM_GAMMA = 1.02;

/** Bucket of zeros and of everything below the smallest bound (1e-9). */
export const HISTOGRAM_ZERO_BUCKET = -1047;

/**
 * Counts of positive values by bucket i: (1.02^(i-1), 1.02^i]. Additive, so that histograms of blocks, pods and hours merge
 * by adding counts, in any order.
 */
export type LogHistogram = ReadonlyMap<number, number>;
