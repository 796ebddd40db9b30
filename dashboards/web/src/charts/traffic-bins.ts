import type { VectorSummary } from '../api/index.js';

/** A young target fills the chart too: bins are as narrow as its history allows, at most an hour in all. */
const BIN_SECONDS = [10, 20, 30, 60];
const WIDEST_BIN_SECONDS = 60;
const BINS = 60;

export interface Bin {
  /** First second (Unix). */
  at: number;
  /** In the order of the vectors. */
  counts: number[];
  total: number;
}

export interface Bins {
  binSeconds: number;
  start: number;
  end: number;
  bins: Bin[];
}

/** The vectors' buckets of the last hour, or since the first of them, added up into 60 bins that end at now. */
export function trafficBins(vectors: readonly VectorSummary[], nowSeconds: number): Bins {
  const first = vectors
    .flatMap(({ traffic }) => traffic)
    .reduce((earliest, { bucket }) => Math.min(earliest, bucket), nowSeconds);
  const binSeconds = BIN_SECONDS.find((width) => nowSeconds - first < width * (BINS - 1)) ?? WIDEST_BIN_SECONDS;
  const end = (Math.floor(nowSeconds / binSeconds) + 1) * binSeconds;
  const start = end - BINS * binSeconds;
  const bins = Array.from({ length: BINS }, (_, index) => ({
    at: start + index * binSeconds,
    counts: vectors.map(() => 0),
    total: 0,
  }));
  for (const [which, vector] of vectors.entries())
    for (const { bucket, n } of vector.traffic) {
      const bin = bins[Math.floor((bucket - start) / binSeconds)];
      if (!bin) continue;
      bin.counts[which] = (bin.counts[which] ?? 0) + n;
      bin.total += n;
    }
  return { binSeconds, start, end, bins };
}
