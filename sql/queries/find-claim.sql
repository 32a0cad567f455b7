-- Hands one claim.
--   $1 uuid  the claim
--   $2 uuid  one of whose sides it must be, or null for anybody's
select claim_id, party_id, reporter_id, submission_id, recording_id, reference_id, reference_party_id, raised_as, action,
  review, territories, parts, recording, upload, segments, facts, stake, state, entered_at, deadline_at, version,
  leased_by, leased_until, party_name(party_id) as claimant, party_name(reporter_id) as reporter
from claim
where claim_id = $1 and ($2::uuid is null or party_id = $2 or reporter_id = $2)
