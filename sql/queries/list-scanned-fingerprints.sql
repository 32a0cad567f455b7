-- Hands what a recording is matched by that a scan of the caller's named, newest first.
--   $1 uuid    the scan
--   $2 uuid    the recording
--   $3 bigint  how many at the most
select reference_id, duration_ms, constellation, created_at
from scanned_fingerprint($1, $2)
order by created_at desc, reference_id
limit $3
