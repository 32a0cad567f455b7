-- Counts assertions about a recording that are not withdrawn.
--   $1 uuid  the recording
--   $2 uuid  a party
--   $3 uuid  a scan of the caller's that named it, or null
select count(*) as total_count, count(*) filter (where party_id = $2) as party_count
from (
  select a.rights_assertion_id, a.party_id, a.withdrawn_at from rights_assertion a where a.recording_id = $1
  union
  select h.rights_assertion_id, h.party_id, h.withdrawn_at from rights_heard(array[$1::uuid], $3) h
) said
where withdrawn_at is null
