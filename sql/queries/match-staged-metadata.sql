-- Finds the staged recordings that there are, and whether what is said of them is new; null says nothing. Hands how many.
-- Of a party that is new to the statistics the planner expects a single recording and reads all it has. So they are asked
-- for by a list that is hashed once, and not by a join, which would compare each with each.
--   $1 uuid    whose they are
--   $2 text[]  the external ids that are staged
with found as materialized (
  select r.recording_id, r.external_id, r.title, r.artist, r.label, r.release_date, r.version
  from recording r
  where r.party_id = $1 and r.external_id = any ($2)
), known as (
  update staged_metadata s
  set known_id = r.recording_id,
    is_changed = (r.title, r.artist, r.label, r.release_date, r.version) is distinct from (
      coalesce(s.title, r.title), coalesce(s.artist, r.artist), coalesce(s.label, r.label),
      coalesce(s.release_date, r.release_date), coalesce(s.version, r.version)
    )
  from found r
  where r.external_id = s.external_id
  returning s.line
)
select count(*) as count from known
