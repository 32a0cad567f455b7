-- Makes an active reference unless its party has one of the same audio: then hands nothing, after waiting for
-- whoever is making it.
--   $1 uuid   the reference's id
--   $2 uuid   whose it is
--   $3 bytea  SHA-256 of the audio
--   $4 text   identify_only or claim_eligible
insert into reference (reference_id, party_id, audio_sha256, eligibility, status)
values ($1, $2, $3, $4, 'active')
on conflict (party_id, audio_sha256) do nothing
returning reference_id
