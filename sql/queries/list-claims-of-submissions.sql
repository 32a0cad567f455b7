-- Hands the claims that submissions raised, in the order they were raised in.
--   $1 uuid[]  the submissions
select claim_id, party_id, reporter_id, submission_id, recording_id, reference_id, reference_party_id, raised_as, action,
  review, territories, parts, recording, upload, segments, facts, stake, state, entered_at, deadline_at, version,
  leased_by, leased_until, party_name(party_id) as claimant, party_name(reporter_id) as reporter
from claim
where submission_id = any ($1)
order by submission_id, claim_id
