-- Hands claims whose deadline has passed, the oldest first, whosever they are.
--   $1 timestamptz  now
--   $2 bigint       how many at most
select claim_id
from claim
where deadline_at <= $1
order by deadline_at
limit $2
