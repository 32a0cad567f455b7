-- Replaces the metadata that is given; null leaves what is there. Hands nothing when nothing would change.
--   $1 uuid  the recording
--   $2 text  title
--   $3 text  artist
--   $4 text  label
--   $5 text  release date
--   $6 text  version
update recording
set title = coalesce($2, title),
  artist = coalesce($3, artist),
  label = coalesce($4, label),
  release_date = coalesce($5, release_date),
  version = coalesce($6, version),
  updated_at = now()
where recording_id = $1
  and (
    title is distinct from coalesce($2, title)
    or artist is distinct from coalesce($3, artist)
    or label is distinct from coalesce($4, label)
    or release_date is distinct from coalesce($5, release_date)
    or version is distinct from coalesce($6, version)
  )
returning recording_id
