-- Writes a conflict down that is there now; one that was resolved is open again. Hands its id.
--   $1 uuid         the conflict's id, where it is new
--   $2 uuid         who registered the recording
--   $3 uuid         the recording
--   $4 bytea        SHA-256 of what contends
--   $5 uuid[]       whose assertions contend
--   $6 integer      what they add up to, in millionths
--   $7 jsonb        rights, owners and extents
--   $8 timestamptz  when it was found
insert into ownership_conflict (
  ownership_conflict_id, party_id, recording_id, conflict_sha256, side_ids, sum_ppm, details, opened_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (recording_id, conflict_sha256) do update
set details = excluded.details, sum_ppm = excluded.sum_ppm, resolved_at = null, resolution = null
returning ownership_conflict_id
