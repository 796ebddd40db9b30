-- One row an LLM call. A call whose content arrives later is written again with a higher revision; readers take the
-- newest revision of a span, because merges come when they come.

CREATE TABLE generations (
    start_time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    end_time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    time_to_first_token_ns Nullable(UInt64),
    trace_id String,
    span_id String,
    parent_span_id String,
    response_id String,
    target_id LowCardinality(String),
    service LowCardinality(String),
    environment LowCardinality(String),
    operation LowCardinality(String),
    convention LowCardinality(String),
    provider LowCardinality(String),
    requested_model LowCardinality(String),
    served_model LowCardinality(String),
    system_fingerprint LowCardinality(String),
    model_version LowCardinality(String),
    model_source LowCardinality(String),
    prompt_version LowCardinality(String),
    prompt_source LowCardinality(String),
    tools_version LowCardinality(String),
    tools_source LowCardinality(String),
    context_version LowCardinality(String),
    context_source LowCardinality(String),
    prompt_digest LowCardinality(String),
    tools_digest LowCardinality(String),
    context_digest LowCardinality(String),
    vector_id LowCardinality(String),
    rollout_id LowCardinality(String),
    arm LowCardinality(String),
    shadow_of String,
    input_tokens Nullable(UInt32),
    output_tokens Nullable(UInt32),
    cached_tokens Nullable(UInt32),
    reasoning_tokens Nullable(UInt32),
    stratum LowCardinality(String),
    finish_reason LowCardinality(String),
    finish_reason_raw LowCardinality(String),
    error_type LowCardinality(String),
    output_type LowCardinality(String),
    compliance LowCardinality(String),
    compliance_reason String,
    refusal UInt8,
    output_digest String,
    output_length Nullable(UInt32),
    session_id String,
    user_hash String,
    pod LowCardinality(String),
    service_version LowCardinality(String),
    revision UInt64,
    ingested_at DateTime64(3, 'UTC'),
    loaded_at DateTime64(3, 'UTC') DEFAULT now64(3),
    bucket DateTime('UTC') MATERIALIZED toStartOfInterval(start_time, INTERVAL 10 SECOND),
    INDEX idx_trace_id trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_response_id response_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_span_id span_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_loaded_at loaded_at TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY toDate(start_time)
ORDER BY (target_id, bucket, trace_id, span_id)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

-- Which vectors a target has served, and when: small, so that nobody scans generations to know what is live.
CREATE TABLE vectors (
    target_id String,
    vector_id String,
    service SimpleAggregateFunction(any, String),
    environment SimpleAggregateFunction(any, String),
    operation SimpleAggregateFunction(any, String),
    model_version SimpleAggregateFunction(any, String),
    prompt_version SimpleAggregateFunction(any, String),
    tools_version SimpleAggregateFunction(any, String),
    context_version SimpleAggregateFunction(any, String),
    model_source SimpleAggregateFunction(anyLast, String),
    prompt_source SimpleAggregateFunction(anyLast, String),
    tools_source SimpleAggregateFunction(anyLast, String),
    context_source SimpleAggregateFunction(anyLast, String),
    first_seen SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
) ENGINE = AggregatingMergeTree
ORDER BY (target_id, vector_id);

CREATE MATERIALIZED VIEW vectors_mv TO vectors AS
SELECT
    target_id, vector_id, any(service) AS service, any(environment) AS environment, any(operation) AS operation,
    any(model_version) AS model_version, any(prompt_version) AS prompt_version,
    any(tools_version) AS tools_version, any(context_version) AS context_version,
    anyLast(model_source) AS model_source, anyLast(prompt_source) AS prompt_source,
    anyLast(tools_source) AS tools_source, anyLast(context_source) AS context_source,
    min(toDateTime64(start_time, 3, 'UTC')) AS first_seen, max(toDateTime64(start_time, 3, 'UTC')) AS last_seen
FROM generations GROUP BY target_id, vector_id;

-- Results that arrive later. A resent outcome has the same id and replaces itself.
CREATE TABLE outcomes (
    id String,
    trace_id String,
    span_id String,
    response_id String,
    name LowCardinality(String),
    value Float64,
    source LowCardinality(String),
    comment String,
    time DateTime64(9, 'UTC'),
    loaded_at DateTime64(3, 'UTC') DEFAULT now64(3),
    INDEX idx_span_id span_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_response_id response_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_loaded_at loaded_at TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(loaded_at)
PARTITION BY toDate(time)
ORDER BY (trace_id, span_id, response_id, name, id)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

-- Content of versions, once under its digest.
CREATE TABLE artifacts (
    digest String,
    kind LowCardinality(String),
    content String CODEC(ZSTD(3)),
    first_seen DateTime64(3, 'UTC') DEFAULT now64(3)
) ENGINE = ReplacingMergeTree
ORDER BY (digest)
SETTINGS non_replicated_deduplication_window = 10000;
