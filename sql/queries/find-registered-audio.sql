-- Says which audio a recording was registered with, so that the same file need not be fingerprinted again.
--   $1 uuid  whose recording
--   $2 text  what its party calls it
select r.recording_id, f.reference_id, f.audio_sha256, f.parameter_version
from recording r
join recording_reference l on l.recording_id = r.recording_id
join fingerprint f on f.reference_id = l.reference_id
where r.party_id = $1 and r.external_id = $2
order by f.reference_id
limit 1
