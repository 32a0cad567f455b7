-- Hands retroscans in the order they were asked for, from after a cursor.
--   $1 uuid    whose reference they must be of, or null for anybody's
--   $2 text    in this state, or null
--   $3 uuid    of this reference, or null
--   $4 uuid    the last retroscan already seen, or null to start
--   $5 bigint  how many at most
select retroscan_id, party_id, reference_id, cause, is_thorough, state, feed_position, begin_position, checked_position,
  until_position, scanned_count, match_count, claim_count, failure_count, failure, requested_at, started_at, ended_at
from retroscan
where ($1::uuid is null or party_id = $1)
  and ($2::text is null or state = $2)
  and ($3::uuid is null or reference_id = $3)
  and ($4::uuid is null or retroscan_id > $4)
order by retroscan_id
limit $5
