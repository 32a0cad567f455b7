-- Hands one retroscan.
--   $1 uuid  the retroscan
--   $2 uuid  whose reference it must be of, or null for anybody's
select retroscan_id, party_id, reference_id, cause, is_thorough, state, feed_position, begin_position, checked_position,
  until_position, scanned_count, match_count, claim_count, failure_count, failure, requested_at, started_at, ended_at
from retroscan
where retroscan_id = $1 and ($2::uuid is null or party_id = $2)
