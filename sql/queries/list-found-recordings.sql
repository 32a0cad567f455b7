-- Hands those of these recordings that the caller may see.
--   $1 uuid[]  the recordings
select r.recording_id, r.party_id, p.name as party_name, r.external_id, r.title, r.artist, r.label, r.release_date,
  r.version, r.created_at, r.updated_at
from recording r
join party p on p.party_id = r.party_id
where r.recording_id = any ($1)
order by r.recording_id
