-- Hands all that was ever asserted about the rights in recordings, withdrawn or not, oldest first.
--   $1 uuid[]  the recordings
--   $2 uuid    a scan of the caller's that named them, or null
select rights_assertion_id, party_id, party_name(party_id) as party_name, recording_id, asserted_by,
  party_name(asserted_by) as asserted_by_name, asserted_right, share_ppm, territories_include, territories_exclude,
  valid_from::text, valid_to::text, basis, evidence, recorded_at, withdrawn_at
from (
  select a.* from rights_assertion a where a.recording_id = any ($1)
  union
  select h.* from rights_heard($1, $2) h
) said
order by recorded_at, rights_assertion_id
