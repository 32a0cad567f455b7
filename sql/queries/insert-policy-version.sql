-- Writes the next version of a policy down, and says which it is.
--   $1 uuid   the policy
--   $2 uuid   whose it is
--   $3 jsonb  the document
--   $4 uuid   who makes it
insert into policy_version (policy_id, party_id, document, created_by, version)
select $1::uuid, $2::uuid, $3::jsonb, $4::uuid, coalesce(max(v.version), 0) + 1
from policy_version v
where v.policy_id = $1
returning version
