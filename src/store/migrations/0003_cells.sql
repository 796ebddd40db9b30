-- Counts of closed buckets: the only thing evaluation reads. A bucket is closed again when late rows arrive: its cells
-- are written anew under a higher revision, and a row in bucket_closes publishes them. Cells of any other revision do
-- not exist for readers, so a crash between the two inserts changes nothing.

CREATE TABLE cells (
    target_id LowCardinality(String),
    bucket DateTime('UTC'),
    metric LowCardinality(String),
    stratum LowCardinality(String),
    vector_id LowCardinality(String),
    arm LowCardinality(String),
    n UInt64,
    failures UInt64,
    score_sum Float64,
    revision UInt64
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY toYYYYMM(bucket)
ORDER BY (target_id, bucket, metric, stratum, vector_id, arm)
SETTINGS ttl_only_drop_parts = 1;

CREATE TABLE bucket_closes (
    target_id LowCardinality(String),
    bucket DateTime('UTC'),
    revision UInt64,
    -- What the close has seen; a bucket that has more is dirty.
    generations UInt64,
    newest_loaded_at DateTime64(3, 'UTC'),
    closed_at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY toYYYYMM(bucket)
ORDER BY (target_id, bucket)
SETTINGS ttl_only_drop_parts = 1;
