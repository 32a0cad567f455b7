-- Writes what the history of a claim gives now. Whoever had taken it has done so.
--   $1 uuid         the claim
--   $2 text         its state
--   $3 timestamptz  since when
--   $4 timestamptz  until when, or null
--   $5 integer      entries of its history
update claim
set state = $2, entered_at = $3, deadline_at = $4, version = $5, leased_by = null, leased_until = null
where claim_id = $1
