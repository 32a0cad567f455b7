-- Says which recordings the references of a match stand for. A reference may stand for several; the ISRC is the
-- first that was asserted.
--   $1 uuid[]  the references
select l.reference_id, r.recording_id, r.party_id, r.external_id, r.title, r.artist, r.label, r.release_date,
  r.version, isrc.value as isrc
from recording_reference l
join recording r on r.recording_id = l.recording_id
left join lateral (
  select a.value
  from identifier_assertion a
  where a.recording_id = r.recording_id and a.scheme = 'isrc'
  order by a.asserted_at, a.identifier_assertion_id
  limit 1
) isrc on true
where l.reference_id = any ($1)
order by l.reference_id, r.recording_id
