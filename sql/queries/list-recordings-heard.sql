-- Hands what an outcome needs of recordings whose rights the caller hears.
--   $1 uuid[]  the recordings
--   $2 uuid    a scan of the caller's that named them, or null
select recording_id, duration_ms, is_claim_eligible
from recordings_heard($1, $2)
