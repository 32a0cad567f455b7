-- Finds the staged recordings that there are, and whether what is said of them is new; null says nothing. Hands how many.
--   $1 uuid  whose they are
with known as (
  update staged_metadata s
  set known_id = r.recording_id,
    is_changed = (r.title, r.artist, r.label, r.release_date, r.version) is distinct from (
      coalesce(s.title, r.title), coalesce(s.artist, r.artist), coalesce(s.label, r.label),
      coalesce(s.release_date, r.release_date), coalesce(s.version, r.version)
    )
  from recording r
  where r.party_id = $1 and r.external_id = s.external_id
  returning s.line
)
select count(*) as count from known
