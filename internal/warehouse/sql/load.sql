-- The beginning and the end of a load.

-- name: load_before
SELECT applied_seq, clock, EXISTS (FROM orders) OR EXISTS (FROM refund), EXISTS (FROM product_fact), EXISTS (FROM event), EXISTS (FROM trait_fact) FROM shop

-- name: load_refusals
SELECT DISTINCT r.file, r.line, r.pos, f.col, f.reason FROM refused f JOIN record r ON r.pos = f.pos ORDER BY r.pos

-- name: load_applied
UPDATE shop SET applied_seq = $seq, clock = $clock

-- name: load_import
INSERT INTO import VALUES ($seq, $kind, $hash, $rows, $at, $file)

-- name: load_touched_count
SELECT count(DISTINCT customer) FROM touched

-- name: load_touched
SELECT DISTINCT customer FROM touched ORDER BY customer
