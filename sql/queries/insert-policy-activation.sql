-- Makes a version of a policy the active one.
--   $1 uuid         the activation's id
--   $2 uuid         the policy
--   $3 integer      the version
--   $4 uuid         whose it is
--   $5 uuid         who activates it
--   $6 timestamptz  when
insert into policy_activation (policy_activation_id, policy_id, version, party_id, activated_by, activated_at)
values ($1, $2, $3, $4, $5, $6)
