-- Gives a claim back that was taken.
--   $1 uuid  the claim
--   $2 uuid  the API key that took it
update claim
set leased_by = null, leased_until = null
where claim_id = $1 and leased_by = $2
returning claim_id
