-- Hands what is asserted about recordings and not withdrawn, oldest first. Only of a party that the caller does not see
-- the name is asked of a function: on a page of recordings that costs more than all the rest.
--   $1 uuid[]  the recordings
select a.recording_id, a.scheme, a.value,
  coalesce((select p.name from party p where p.party_id = a.asserted_by), party_name(a.asserted_by)) as asserted_by,
  a.asserted_at
from identifier_assertion a
where a.recording_id = any ($1) and a.withdrawn_at is null
order by a.recording_id, a.asserted_at, a.identifier_assertion_id
