-- Findings of watches come and go: what they are about, when they were seen last, and since when they are over. The
-- newest revision of an id counts.

ALTER TABLE findings
    ADD COLUMN IF NOT EXISTS subject String AFTER metric,
    ADD COLUMN IF NOT EXISTS episode UInt32 AFTER subject,
    ADD COLUMN IF NOT EXISTS last_seen_at DateTime64(3, 'UTC') DEFAULT at,
    ADD COLUMN IF NOT EXISTS ended_at Nullable(DateTime64(3, 'UTC')),
    ADD COLUMN IF NOT EXISTS revision UInt64;

ALTER TABLE incidents
    ADD COLUMN IF NOT EXISTS kind LowCardinality(String) DEFAULT 'rollback' AFTER id;
