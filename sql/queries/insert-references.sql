-- Makes active references unless their party has one of the same audio, also from among these: hands those that it has
-- made, after waiting for whoever is making the others. In one order, as recordings are made.
--   $1 uuid[]   the references' ids
--   $2 uuid[]   whose they are
--   $3 bytea[]  SHA-256 of their audio
--   $4 text[]   identify_only or claim_eligible
insert into reference (reference_id, party_id, audio_sha256, eligibility, status)
select given.reference_id, given.party_id, given.audio_sha256, given.eligibility, 'active'
from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[]) as given (reference_id, party_id, audio_sha256, eligibility)
order by given.party_id, given.audio_sha256, given.reference_id
on conflict (party_id, audio_sha256) do nothing
returning reference_id
