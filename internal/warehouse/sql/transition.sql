-- Recorded transitions, for the segments that read them.

-- name: transition_given
CREATE OR REPLACE TEMP TABLE transition_given (number BIGINT, segment VARCHAR, kind VARCHAR, id VARCHAR, ts TIMESTAMP, entered BOOLEAN)

-- name: transition_now
CREATE OR REPLACE TEMP TABLE transition_now AS
SELECT g.number, g.segment, k.customer, g.ts, g.entered
FROM transition_given g JOIN person_key k ON k.value = g.id AND k.kind = g.kind

-- name: transition_given_gone
DROP TABLE transition_given
