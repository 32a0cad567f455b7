-- Hands the versions of policies, oldest first.
--   $1 uuid[]  the policies
select policy_id, version, document, created_at
from policy_version
where policy_id = any ($1)
order by policy_id, version
