-- Gives a reviewer one claim that waits for a person, for a while, or the same one for longer.
--   $1 uuid         the claim
--   $2 timestamptz  now
--   $3 uuid         the API key that takes it
--   $4 timestamptz  until when
update claim
set leased_by = $3, leased_until = $4
where claim_id = $1 and state = 'potential' and (leased_until is null or leased_until <= $2 or leased_by = $3)
returning claim_id, party_id, reporter_id, submission_id, recording_id, reference_id, reference_party_id, raised_as, action,
  review, territories, parts, recording, upload, segments, facts, stake, state, entered_at, deadline_at, version,
  leased_by, leased_until, party_name(party_id) as claimant, party_name(reporter_id) as reporter
