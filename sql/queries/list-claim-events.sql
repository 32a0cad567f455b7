-- Hands the history of a claim, first entry first.
--   $1 uuid  the claim
select claim_id, entry_number, party_id, reporter_id, type, from_state, to_state, actor_role, actor_party_id,
  on_behalf_of, reason, detail, at, deadline_at
from claim_event
where claim_id = $1
order by entry_number
