-- Hands one policy: which version is active, and where it applies.
--   $1 uuid  the policy
select p.policy_id, p.party_id, party_name(p.party_id) as party_name, p.created_at,
  (select max(v.version) from policy_version v where v.policy_id = p.policy_id) as latest_version,
  (
    select a.version from policy_activation a where a.policy_id = p.policy_id
    order by a.activated_at desc, a.policy_activation_id desc limit 1
  ) as active_version,
  exists (
    select from policy_assignment s
    where s.policy_id = p.policy_id and s.recording_id is null and s.in_force_to is null
  ) as is_default,
  (
    select count(*) from policy_assignment s
    where s.policy_id = p.policy_id and s.recording_id is not null and s.in_force_to is null
  ) as override_count
from policy p
where p.policy_id = $1
