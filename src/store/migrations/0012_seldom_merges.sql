-- A merge reads and writes every row again, and by default five parts of a size are enough for one: under load that cost
-- more than loading. Sixteen make half as many rounds. What is left over of a day is made one part when nothing has come
-- for it for six hours, unless it is larger than what is merged otherwise.

ALTER TABLE otel_traces MODIFY SETTING min_parts_to_merge_at_once = 16, min_age_to_force_merge_seconds = 21600,
    min_age_to_force_merge_on_partition_only = 1, enable_max_bytes_limit_for_min_age_to_force_merge = 1;

ALTER TABLE otel_logs MODIFY SETTING min_parts_to_merge_at_once = 16, min_age_to_force_merge_seconds = 21600,
    min_age_to_force_merge_on_partition_only = 1, enable_max_bytes_limit_for_min_age_to_force_merge = 1;

ALTER TABLE generations MODIFY SETTING min_parts_to_merge_at_once = 16, min_age_to_force_merge_seconds = 21600,
    min_age_to_force_merge_on_partition_only = 1, enable_max_bytes_limit_for_min_age_to_force_merge = 1;
