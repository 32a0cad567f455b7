-- Hands conflicts in the order they were found in, from after a cursor.
--   $1 uuid     only of this recording, or null
--   $2 boolean  only open ones, or only resolved ones, or null for both
--   $3 uuid     the last conflict already seen, or null to start
--   $4 bigint   how many at most
select ownership_conflict_id, party_id, party_name(party_id) as party_name, recording_id, side_ids, reviewer_id,
  party_name(reviewer_id) as reviewer_name, sum_ppm, details, opened_at, resolved_at, resolution
from ownership_conflict
where ($1::uuid is null or recording_id = $1)
  and ($2::boolean is null or (resolved_at is null) = $2)
  and ($3::uuid is null or ownership_conflict_id > $3)
order by ownership_conflict_id
limit $4
