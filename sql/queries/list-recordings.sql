-- Hands recordings in order of id, which is the order they were made in, from after a cursor.
--   $1 uuid     whose recordings, or null for everybody's
--   $2 uuid     the last recording already seen, or null to start
--   $3 text     only with this ISRC asserted by anybody, or null
--   $4 text     only with this external id, or null
--   $5 text     only with this ILIKE pattern in the title, or null
--   $6 bigint   how many at most
select r.recording_id, r.party_id, p.name as party_name, r.external_id, r.title, r.artist, r.label, r.release_date,
  r.version, r.created_at, r.updated_at
from recording r
join party p on p.party_id = r.party_id
where ($1::uuid is null or r.party_id = $1)
  and ($2::uuid is null or r.recording_id > $2)
  and ($3::text is null or r.recording_id in (
    select a.recording_id from identifier_assertion a where a.scheme = 'isrc' and a.value = $3 and a.withdrawn_at is null
  ))
  and ($4::text is null or r.external_id = $4)
  and ($5::text is null or r.title ilike $5)
order by r.recording_id
limit $6
