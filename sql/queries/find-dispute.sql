-- Hands one dispute.
--   $1 uuid  the dispute
--   $2 uuid  one of whose sides it must be, or null for anybody's
select dispute_id, claim_id, party_id, reporter_id, dispute_reason, state, entered_at, deadline_at, version
from dispute
where dispute_id = $1 and ($2::uuid is null or party_id = $2 or reporter_id = $2)
