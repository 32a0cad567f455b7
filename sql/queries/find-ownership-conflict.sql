-- Hands one conflict.
--   $1 uuid  the conflict
select ownership_conflict_id, party_id, party_name(party_id) as party_name, recording_id, side_ids, reviewer_id,
  party_name(reviewer_id) as reviewer_name, sum_ppm, details, opened_at, resolved_at, resolution
from ownership_conflict
where ownership_conflict_id = $1
