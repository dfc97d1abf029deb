-- What a Parquet file's footer tells without reading its rows.

-- name: footer_columns
-- How many values each column has, and how many NULLs; unknown counts as
-- filled with both.
SELECT path_in_schema, CAST(sum(coalesce(num_values - stats_null_count, num_values)) AS BIGINT),
    CAST(sum(coalesce(stats_null_count, num_values)) AS BIGINT)
FROM footer
GROUP BY path_in_schema

-- name: footer_span
-- Rows, the last pos, whether every row is a line of something sold, the span of the instants, and whether the row groups follow each
-- other in time well enough for a reader to skip most of them: together they
-- span at most four times what the file spans.
WITH groups AS (
    SELECT file_name, row_group_id, any_value(row_group_num_rows) AS n,
        min(TRY_CAST(coalesce(stats_min_value, stats_min) AS TIMESTAMP)) FILTER (path_in_schema = 'ts') AS lo,
        max(TRY_CAST(coalesce(stats_max_value, stats_max) AS TIMESTAMP)) FILTER (path_in_schema = 'ts') AS hi,
        max(TRY_CAST(coalesce(stats_max_value, stats_max) AS BIGINT)) FILTER (path_in_schema = 'pos') AS last_pos,
        bool_and(TRY_CAST(coalesce(stats_min_value, stats_min) AS DECIMAL(18, 6)) > 0 AND stats_null_count = 0)
            FILTER (path_in_schema = 'quantity') AS sold
    FROM footer
    GROUP BY file_name, row_group_id
)
SELECT CAST(coalesce(sum(n), 0) AS BIGINT), coalesce(max(last_pos), 0), coalesce(bool_and(coalesce(sold, false)), false), min(lo), max(hi),
    coalesce(sum(epoch_us(hi) - epoch_us(lo)) <= 4 * (max(epoch_us(hi)) - min(epoch_us(lo))), true)
FROM groups
