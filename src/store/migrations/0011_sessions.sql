-- Where assignment is by session, calls of one session are no independent units. While a rollout runs, the closer counts what
-- each session did in each bucket, for the hour that is looked back, and from that the units of evidence: a session counts
-- until its first failure, beside sessions that had got as far. Session 0 stands for all calls without one.
CREATE TABLE session_counts (
    target_id LowCardinality(String),
    bucket DateTime('UTC'),
    session UInt64 CODEC(ZSTD(1)),
    metric LowCardinality(String),
    stratum LowCardinality(String),
    vector_id LowCardinality(String),
    arm LowCardinality(String),
    n UInt32,
    failures UInt32,
    score_sum Float64 CODEC(ZSTD(1)),
    revision UInt64 CODEC(DoubleDelta, ZSTD(1))
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY toYYYYMMDD(bucket)
ORDER BY (target_id, bucket, session, metric, stratum, vector_id, arm)
SETTINGS ttl_only_drop_parts = 1;

-- As cells, and published by the same closes. `progress` p: the session had 2^p - 1 to 2^(p+1) - 2 counted calls before.
CREATE TABLE session_cells (
    target_id LowCardinality(String),
    bucket DateTime('UTC'),
    metric LowCardinality(String),
    stratum LowCardinality(String),
    vector_id LowCardinality(String),
    arm LowCardinality(String),
    progress UInt8,
    n UInt64,
    failures UInt64,
    score_sum Float64,
    revision UInt64
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY toYYYYMM(bucket)
ORDER BY (target_id, bucket, metric, stratum, vector_id, arm, progress)
SETTINGS ttl_only_drop_parts = 1;

-- Whether the close has counted sessions.
ALTER TABLE bucket_closes ADD COLUMN IF NOT EXISTS with_sessions Bool DEFAULT false AFTER generations;
