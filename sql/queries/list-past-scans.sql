-- Hands scans, newest first, each with what it found of a party's recordings.
--   $1 uuid    the party
--   $2 uuid    the last scan already seen, or null to start
--   $3 bigint  how many scans at most
select scan_id, is_own, duration_ms, created_at, matches
from past_scan($1, $2, $3)
