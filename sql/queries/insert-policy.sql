-- Writes a policy down, without a version yet.
--   $1 uuid  the policy's id
--   $2 uuid  whose it is
--   $3 uuid  who makes it
insert into policy (policy_id, party_id, created_by) values ($1, $2, $3)
