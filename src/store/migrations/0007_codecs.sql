-- Instructions, tool definitions and earlier turns come again and again: blocks that are large enough to hold many calls
-- let the codec see that. 4 MiB is less than what one granule of such spans decompresses anyway. Measured by
-- `npm run bench:storage`: a third less than ZSTD(1) on blocks of 1 MiB, for the same time.

ALTER TABLE otel_traces
    MODIFY COLUMN SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(3)),
    MODIFY COLUMN `Events.Attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(3));

ALTER TABLE otel_traces
    MODIFY COLUMN SpanAttributes MODIFY SETTING min_compress_block_size = 4194304, max_compress_block_size = 4194304;

ALTER TABLE otel_logs
    MODIFY COLUMN Body String CODEC(ZSTD(3)),
    MODIFY COLUMN LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(3));

ALTER TABLE otel_logs
    MODIFY COLUMN Body MODIFY SETTING min_compress_block_size = 4194304, max_compress_block_size = 4194304;

ALTER TABLE otel_logs
    MODIFY COLUMN LogAttributes MODIFY SETTING min_compress_block_size = 4194304, max_compress_block_size = 4194304;

-- Ids and digests are hexadecimal: the default codec (LZ4) cannot make a byte of two digits, ZSTD can.
ALTER TABLE generations
    MODIFY COLUMN time_to_first_token_ns Nullable(UInt64) CODEC(ZSTD(1)),
    MODIFY COLUMN trace_id String CODEC(ZSTD(1)),
    MODIFY COLUMN span_id String CODEC(ZSTD(1)),
    MODIFY COLUMN parent_span_id String CODEC(ZSTD(1)),
    MODIFY COLUMN response_id String CODEC(ZSTD(1)),
    MODIFY COLUMN shadow_of String CODEC(ZSTD(1)),
    MODIFY COLUMN input_tokens Nullable(UInt32) CODEC(ZSTD(1)),
    MODIFY COLUMN output_tokens Nullable(UInt32) CODEC(ZSTD(1)),
    MODIFY COLUMN cached_tokens Nullable(UInt32) CODEC(ZSTD(1)),
    MODIFY COLUMN reasoning_tokens Nullable(UInt32) CODEC(ZSTD(1)),
    MODIFY COLUMN compliance_reason String CODEC(ZSTD(1)),
    MODIFY COLUMN tool_call_reason String CODEC(ZSTD(1)),
    MODIFY COLUMN output_digest String CODEC(ZSTD(1)),
    MODIFY COLUMN output_length Nullable(UInt32) CODEC(ZSTD(1)),
    MODIFY COLUMN fingerprint Array(Float32) CODEC(ZSTD(3)),
    MODIFY COLUMN cost_usd Nullable(Float64) CODEC(ZSTD(1)),
    MODIFY COLUMN session_id String CODEC(ZSTD(1)),
    MODIFY COLUMN user_hash String CODEC(ZSTD(1)),
    MODIFY COLUMN ingested_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    MODIFY COLUMN loaded_at DateTime64(3, 'UTC') DEFAULT now64(3) CODEC(Delta(8), ZSTD(1));

ALTER TABLE outcomes
    MODIFY COLUMN id String CODEC(ZSTD(1)),
    MODIFY COLUMN trace_id String CODEC(ZSTD(1)),
    MODIFY COLUMN span_id String CODEC(ZSTD(1)),
    MODIFY COLUMN response_id String CODEC(ZSTD(1)),
    MODIFY COLUMN comment String CODEC(ZSTD(1));
