-- Hands one scan.
--   $1 uuid  the scan
--   $2 uuid  whose it must be, or null for anybody's
select scan_id, party_id, external_id, index_position, duration_ms, answer, created_at
from scan
where scan_id = $1 and ($2::uuid is null or party_id = $2)
