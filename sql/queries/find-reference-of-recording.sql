-- Hands the reference of this audio that stands for a recording.
--   $1 uuid   the recording
--   $2 bytea  SHA-256 of the audio
select f.reference_id, f.duration_ms
from recording_reference l
join fingerprint f on f.reference_id = l.reference_id
where l.recording_id = $1 and f.audio_sha256 = $2
