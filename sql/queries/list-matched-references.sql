-- Says of references that matched whose they are and how long, whosever they are.
--   $1 uuid[]  the references
select reference_id, party_id, eligibility, duration_ms
from matched_reference($1)
order by reference_id
