-- Hands the references of recordings, oldest first.
--   $1 uuid[]  the recordings
select l.recording_id, r.reference_id, r.status, r.status_reason, r.eligibility, r.audio_sha256, f.algorithm,
  f.parameter_version, f.duration_ms, f.peak_count, r.created_at
from recording_reference l
join reference r on r.reference_id = l.reference_id
join fingerprint f on f.reference_id = r.reference_id
where l.recording_id = any ($1)
order by l.recording_id, r.reference_id
