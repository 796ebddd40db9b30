-- Metrics that are measured and not counted (time, tokens, money) keep a histogram in each cell: bucket i of the logarithmic
-- histogram holds values in (1.02^(i-1), 1.02^i]. Histograms add up like counts. The index finds the newest closes of a
-- target without reading all of them.

ALTER TABLE cells
    ADD COLUMN IF NOT EXISTS histogram_buckets Array(Int16) CODEC(ZSTD(1)) AFTER score_sum,
    ADD COLUMN IF NOT EXISTS histogram_counts Array(UInt32) CODEC(ZSTD(1)) AFTER histogram_buckets;

ALTER TABLE bucket_closes ADD INDEX IF NOT EXISTS idx_revision revision TYPE minmax GRANULARITY 1;
