-- Hands the dispute of a claim that is not over. Its claim is locked, and with it the dispute.
--   $1 uuid  the claim
select dispute_id, claim_id, party_id, reporter_id, dispute_reason, state, entered_at, deadline_at, version
from dispute
where claim_id = $1 and state in ('open', 'rejected', 'appealed')
