-- Decisions and acts: append-only, with deterministic ids. The newest revision of an id is its state; a job that runs
-- twice writes the same row twice. Nested values are JSON text.

CREATE TABLE deployments (
    id String,
    service String,
    environment String,
    operation String,
    surface LowCardinality(String),
    version String,
    previous_version String,
    actor String,
    source LowCardinality(String),
    comment String,
    at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree
ORDER BY (at, id);

CREATE TABLE rollouts (
    id String,
    target_id String,
    service String,
    environment String,
    operation String,
    baseline String,
    candidate String,
    changed Array(String),
    origin LowCardinality(String),
    policy String,
    started_at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree
ORDER BY (id);

CREATE TABLE rollout_states (
    rollout_id String,
    revision UInt64,
    at DateTime64(3, 'UTC'),
    status LowCardinality(String),
    stage Float64,
    stage_since DateTime64(3, 'UTC'),
    verdict LowCardinality(String),
    reasons Array(String),
    latched String
) ENGINE = ReplacingMergeTree
ORDER BY (rollout_id, revision);

CREATE TABLE findings (
    id String,
    target_id String,
    rollout_id String,
    incident_id String,
    detector LowCardinality(String),
    metric LowCardinality(String),
    severity LowCardinality(String),
    sentence String,
    evidence String,
    at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree
ORDER BY (id);

CREATE TABLE incidents (
    id String,
    target_id String,
    service String,
    environment String,
    operation String,
    rollout_id String,
    title String,
    severity LowCardinality(String),
    opened_at DateTime64(3, 'UTC'),
    evidence String
) ENGINE = ReplacingMergeTree
ORDER BY (id);

CREATE TABLE incident_events (
    id String,
    incident_id String,
    at DateTime64(3, 'UTC'),
    kind LowCardinality(String),
    message String,
    data String
) ENGINE = ReplacingMergeTree
ORDER BY (incident_id, id);

CREATE TABLE actions (
    id String,
    incident_id String,
    rollout_id String,
    kind LowCardinality(String),
    destination String,
    occasion String,
    revision UInt64,
    status LowCardinality(String),
    attempts UInt32,
    next_attempt_at DateTime64(3, 'UTC'),
    payload_digest String,
    detail String,
    at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree
ORDER BY (id, revision);
