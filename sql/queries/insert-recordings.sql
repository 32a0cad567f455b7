-- Makes recordings unless their party has one of the same external id, also from among these: hands those that it has
-- made, after waiting for whoever is making the others. In one order, so that two who make the same ones cannot wait
-- for each other.
--   $1 uuid[]  the recordings' ids
--   $2 uuid[]  whose they are
--   $3 text[]  what their parties call them
--   $4 text[]  titles, or null
--   $5 text[]  artists, or null
--   $6 text[]  labels, or null
--   $7 text[]  release dates as YYYY, YYYY-MM or YYYY-MM-DD, or null
--   $8 text[]  versions, or null
insert into recording (recording_id, party_id, external_id, title, artist, label, release_date, version)
select *
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
  as given (recording_id, party_id, external_id, title, artist, label, release_date, version)
order by given.party_id, given.external_id, given.recording_id
on conflict (party_id, external_id) do nothing
returning recording_id
