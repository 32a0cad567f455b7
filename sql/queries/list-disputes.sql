-- Hands disputes of either side in the order they were opened in, from after a cursor.
--   $1 uuid    one of whose sides it must be, or null for anybody's
--   $2 text    in this state, or null
--   $3 uuid    of this claim, or null
--   $4 uuid    the last dispute already seen, or null to start
--   $5 bigint  how many at most
select dispute_id, claim_id, party_id, reporter_id, dispute_reason, state, entered_at, deadline_at, version
from dispute
where ($1::uuid is null or party_id = $1 or reporter_id = $1)
  and ($2::text is null or state = $2)
  and ($3::uuid is null or claim_id = $3)
  and ($4::uuid is null or dispute_id > $4)
order by dispute_id
limit $5
