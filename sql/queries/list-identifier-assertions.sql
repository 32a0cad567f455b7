-- Hands what was asserted about recordings, oldest first.
--   $1 uuid[]  the recordings
select a.recording_id, a.scheme, a.value, p.name as asserted_by, a.asserted_at
from identifier_assertion a
join party p on p.party_id = a.asserted_by
where a.recording_id = any ($1)
order by a.recording_id, a.asserted_at, a.identifier_assertion_id
