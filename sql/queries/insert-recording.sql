-- Makes a recording unless its party has one of this external id: then hands nothing, after waiting for whoever
-- is making it.
--   $1 uuid  the recording's id
--   $2 uuid  whose it is
--   $3 text  what its party calls it
--   $4 text  title, or null
--   $5 text  artist, or null
--   $6 text  label, or null
--   $7 text  release date as YYYY, YYYY-MM or YYYY-MM-DD, or null
--   $8 text  version, or null
insert into recording (recording_id, party_id, external_id, title, artist, label, release_date, version)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (party_id, external_id) do nothing
returning recording_id
