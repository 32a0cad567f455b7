-- Hands the recordings that are said to have an identifier, oldest first, and by whom.
--   $1 text    the scheme
--   $2 text    the identifier, normalised
--   $3 uuid    whose recordings, or null for everybody's
--   $4 bigint  how many at most
select a.identifier_assertion_id, a.recording_id, r.party_id, r.external_id, r.title, r.artist,
  coalesce((select p.name from party p where p.party_id = a.asserted_by), party_name(a.asserted_by)) as asserted_by,
  a.asserted_at, a.delivery
from identifier_assertion a
join recording r on r.recording_id = a.recording_id
where a.value = $2 and a.scheme = $1 and a.withdrawn_at is null and ($3::uuid is null or a.party_id = $3)
order by a.recording_id, a.asserted_at, a.identifier_assertion_id
limit $4
