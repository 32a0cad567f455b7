-- Makes the staged recordings that there are none of, and hands how many. By external id, so that two loads of the same
-- wait for one another in one direction.
--   $1 uuid  whose they are
with made as (
  insert into recording (recording_id, party_id, external_id, title, artist, label, release_date, version)
  select s.recording_id, $1, s.external_id, s.title, s.artist, s.label, s.release_date, s.version
  from staged_metadata s
  where s.known_id is null
  order by s.external_id
  on conflict (party_id, external_id) do nothing
  returning recording_id
)
select count(*) as count from made
