-- Hands a party's reference of this audio and keeps others from removing it until the transaction ends. Its duration is
-- absent where it stands for recordings outside of the mandate by which the caller acts.
--   $1 uuid   whose it is
--   $2 bytea  SHA-256 of the audio
select r.reference_id, f.duration_ms
from reference r
left join fingerprint f on f.reference_id = r.reference_id
where r.party_id = $1 and r.audio_sha256 = $2
for key share of r
