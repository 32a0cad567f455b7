-- Hands one party with its roles.
--   $1 uuid  the party
select p.party_id, p.name, p.created_at,
  array(select r.role from party_role r where r.party_id = p.party_id order by r.role) as roles
from party p
where p.party_id = $1
