-- Hands what is asserted about recordings and not withdrawn, oldest first.
--   $1 uuid[]  the recordings
select a.recording_id, a.scheme, a.value, party_name(a.asserted_by) as asserted_by, a.asserted_at
from identifier_assertion a
where a.recording_id = any ($1) and a.withdrawn_at is null
order by a.recording_id, a.asserted_at, a.identifier_assertion_id
