-- Hands one recording.
--   $1 uuid  the recording
--   $2 uuid  whose it must be, or null for anybody's
select r.recording_id, r.party_id, p.name as party_name, r.external_id, r.title, r.artist, r.label, r.release_date,
  r.version, r.created_at, r.updated_at
from recording r
join party p on p.party_id = r.party_id
where r.recording_id = $1 and ($2::uuid is null or r.party_id = $2)
