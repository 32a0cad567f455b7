-- Replaces the metadata of recordings by what is staged; null leaves what is there. Hands how many.
--   $1 uuid  whose they are
with changed as (
  update recording r
  set title = coalesce(s.title, r.title),
    artist = coalesce(s.artist, r.artist),
    label = coalesce(s.label, r.label),
    release_date = coalesce(s.release_date, r.release_date),
    version = coalesce(s.version, r.version),
    updated_at = now()
  from staged_metadata s
  where r.recording_id = s.known_id and s.is_changed and r.party_id = $1
  returning r.recording_id
)
select count(*) as count from changed
