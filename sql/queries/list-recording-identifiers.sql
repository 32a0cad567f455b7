-- Hands all that was ever asserted about a recording, withdrawn or not, oldest first, and how many other parties'
-- recordings have the same identifier.
--   $1 uuid  the recording
select a.identifier_assertion_id, a.scheme, a.value, party_name(a.asserted_by) as asserted_by,
  party_name(a.on_behalf_of) as on_behalf_of, a.delivery, a.asserted_at, party_name(a.withdrawn_by) as withdrawn_by,
  a.withdrawn_at, parties_asserting_elsewhere(a.recording_id, a.scheme, a.value) as parties_elsewhere
from identifier_assertion a
where a.recording_id = $1
order by a.asserted_at, a.identifier_assertion_id
