-- What detectors ask of a generation beyond its answer: which safety mechanism spoke, whether tool calls fit their
-- declarations, what it cost, where it ran, and what its output looked like. A fingerprint is there for a sample only.

ALTER TABLE generations
    ADD COLUMN IF NOT EXISTS tool_call_verdict LowCardinality(String) AFTER compliance_reason,
    ADD COLUMN IF NOT EXISTS tool_call_reason String AFTER tool_call_verdict,
    ADD COLUMN IF NOT EXISTS tool_fields Array(LowCardinality(String)) AFTER tool_call_reason,
    ADD COLUMN IF NOT EXISTS schema_digest LowCardinality(String) AFTER tool_fields,
    ADD COLUMN IF NOT EXISTS refusal_signal LowCardinality(String) AFTER refusal,
    ADD COLUMN IF NOT EXISTS unexpected_script LowCardinality(String) AFTER refusal_signal,
    ADD COLUMN IF NOT EXISTS guardrail LowCardinality(String) AFTER unexpected_script,
    ADD COLUMN IF NOT EXISTS fingerprint_version LowCardinality(String) AFTER output_length,
    ADD COLUMN IF NOT EXISTS fingerprint Array(Float32) CODEC(ZSTD(1)) AFTER fingerprint_version,
    ADD COLUMN IF NOT EXISTS cost_usd Nullable(Float64) AFTER fingerprint,
    ADD COLUMN IF NOT EXISTS cost_source LowCardinality(String) AFTER cost_usd,
    ADD COLUMN IF NOT EXISTS region LowCardinality(String) AFTER pod;
