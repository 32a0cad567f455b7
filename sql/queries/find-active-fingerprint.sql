-- Hands what an active reference is matched by.
--   $1 uuid  the reference
select f.reference_id, f.constellation
from fingerprint f
join reference r on r.reference_id = f.reference_id
where f.reference_id = $1 and r.status = 'active'
