-- Hands one rights assertion.
--   $1 uuid  the assertion
--   $2 uuid  the recording it must be about
select rights_assertion_id, party_id, asserted_by, withdrawn_at
from rights_assertion
where rights_assertion_id = $1 and recording_id = $2
