-- Hands one assertion about a recording.
--   $1 uuid  the assertion
--   $2 uuid  the recording it must be about
select identifier_assertion_id, asserted_by, on_behalf_of, withdrawn_at
from identifier_assertion
where identifier_assertion_id = $1 and recording_id = $2
