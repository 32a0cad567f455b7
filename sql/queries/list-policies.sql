-- Hands policies in the order they were made in, from after a cursor: which version is active, and where they apply.
--   $1 uuid    whose, or null for everybody's
--   $2 uuid    the last policy already seen, or null to start
--   $3 bigint  how many at most
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
where ($1::uuid is null or p.party_id = $1)
  and ($2::uuid is null or p.policy_id > $2)
order by p.policy_id
limit $3
