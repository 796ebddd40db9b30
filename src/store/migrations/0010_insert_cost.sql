-- What a load costs is mostly files and indexes. Parts below 128 MiB are written compact, all columns in one file. The
-- filters over keys and values of attributes took a third of the time of an insert, and skip nothing where most spans
-- have the same keys; a search by attribute reads the column, as it did in practice. Whoever searches often adds them:
-- ALTER TABLE otel_traces ADD INDEX idx_span_attr_value mapValues(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1

ALTER TABLE otel_traces
    DROP INDEX IF EXISTS idx_res_attr_key,
    DROP INDEX IF EXISTS idx_res_attr_value,
    DROP INDEX IF EXISTS idx_span_attr_key,
    DROP INDEX IF EXISTS idx_span_attr_value;

ALTER TABLE otel_traces MODIFY SETTING min_bytes_for_wide_part = 134217728;

ALTER TABLE otel_logs MODIFY SETTING min_bytes_for_wide_part = 134217728;

ALTER TABLE generations MODIFY SETTING min_bytes_for_wide_part = 134217728;
