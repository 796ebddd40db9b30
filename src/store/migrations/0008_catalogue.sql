-- Every content that a version of a surface has been seen with, and when: small, so that history outlives the calls it
-- was read from. `learned_at` is when the store got to know of it, which never lies before what it knew already.
CREATE TABLE surface_versions (
    target_id String,
    surface LowCardinality(String),
    version String,
    source LowCardinality(String),
    digest String,
    service SimpleAggregateFunction(any, String),
    environment SimpleAggregateFunction(any, String),
    operation SimpleAggregateFunction(any, String),
    first_seen SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    learned_at SimpleAggregateFunction(min, DateTime64(3, 'UTC'))
) ENGINE = AggregatingMergeTree
ORDER BY (target_id, surface, version, source, digest);

-- A surface without a version has no row: its contents are renderings of a template, one a call. Calls are grouped before
-- they are taken apart by surface, because this runs with every load.
CREATE MATERIALIZED VIEW surface_versions_mv TO surface_versions AS
SELECT
    target_id, entry.1 AS surface, entry.2 AS version, entry.3 AS source, entry.4 AS digest,
    any(service) AS service, any(environment) AS environment, any(operation) AS operation,
    toDateTime64(min(first), 3, 'UTC') AS first_seen, toDateTime64(max(last), 3, 'UTC') AS last_seen,
    min(learned) AS learned_at
FROM (
    SELECT
        target_id, prompt_digest, tools_digest, context_digest, schema_digest,
        any(model_version) AS model_version, any(model_source) AS model_source,
        any(prompt_version) AS prompt_version, any(prompt_source) AS prompt_source,
        any(tools_version) AS tools_version, any(tools_source) AS tools_source,
        any(context_version) AS context_version, any(context_source) AS context_source,
        any(service) AS service, any(environment) AS environment, any(operation) AS operation,
        min(start_time) AS first, max(start_time) AS last, min(loaded_at) AS learned
    FROM generations
    GROUP BY target_id, vector_id, prompt_digest, tools_digest, context_digest, schema_digest
)
ARRAY JOIN [
    ('model', toString(model_version), toString(model_source), ''),
    ('prompt', toString(prompt_version), toString(prompt_source), toString(prompt_digest)),
    ('tools', toString(tools_version), toString(tools_source), toString(tools_digest)),
    ('context', toString(context_version), toString(context_source), toString(context_digest)),
    ('output_schema', substring(toString(schema_digest), 1, 12), 'derived', toString(schema_digest))
] AS entry
WHERE entry.2 != ''
GROUP BY target_id, surface, version, source, digest;

INSERT INTO surface_versions
SELECT
    target_id, entry.1 AS surface, entry.2 AS version, entry.3 AS source, entry.4 AS digest,
    any(service) AS service, any(environment) AS environment, any(operation) AS operation,
    toDateTime64(min(first), 3, 'UTC') AS first_seen, toDateTime64(max(last), 3, 'UTC') AS last_seen,
    min(learned) AS learned_at
FROM (
    SELECT
        target_id, prompt_digest, tools_digest, context_digest, schema_digest,
        any(model_version) AS model_version, any(model_source) AS model_source,
        any(prompt_version) AS prompt_version, any(prompt_source) AS prompt_source,
        any(tools_version) AS tools_version, any(tools_source) AS tools_source,
        any(context_version) AS context_version, any(context_source) AS context_source,
        any(service) AS service, any(environment) AS environment, any(operation) AS operation,
        min(start_time) AS first, max(start_time) AS last, min(loaded_at) AS learned
    FROM generations
    GROUP BY target_id, vector_id, prompt_digest, tools_digest, context_digest, schema_digest
)
ARRAY JOIN [
    ('model', toString(model_version), toString(model_source), ''),
    ('prompt', toString(prompt_version), toString(prompt_source), toString(prompt_digest)),
    ('tools', toString(tools_version), toString(tools_source), toString(tools_digest)),
    ('context', toString(context_version), toString(context_source), toString(context_digest)),
    ('output_schema', substring(toString(schema_digest), 1, 12), 'derived', toString(schema_digest))
] AS entry
WHERE entry.2 != ''
GROUP BY target_id, surface, version, source, digest;

-- What was declared to the schema registry: a tool's definition or a schema, once under its digest.
CREATE TABLE declared_schemas (
    subject String,
    digest String,
    content String CODEC(ZSTD(3)),
    actor String,
    comment String,
    at DateTime64(3, 'UTC'),
    learned_at DateTime64(3, 'UTC') DEFAULT now64(3)
) ENGINE = ReplacingMergeTree
ORDER BY (subject, digest);

-- How new versions of a subject are judged; the empty subject stands for all others. The newest row counts.
CREATE TABLE schema_configs (
    subject String,
    compatibility LowCardinality(String),
    policy LowCardinality(String),
    actor String,
    at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(at)
ORDER BY (subject);

-- Who says that they read something, or no longer do. The newest row counts.
CREATE TABLE readers (
    target_id String,
    kind LowCardinality(String),
    name String,
    reader String,
    is_reading UInt8,
    comment String,
    at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(at)
ORDER BY (target_id, kind, name, reader);
