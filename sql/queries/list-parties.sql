-- Hands parties with their roles in order of id, which is the order they were made in, from after a cursor.
--   $1 uuid    the last party already seen, or null to start
--   $2 bigint  how many at most
select p.party_id, p.name, p.created_at,
  array(select r.role from party_role r where r.party_id = p.party_id order by r.role) as roles
from party p
where $1::uuid is null or p.party_id > $1
order by p.party_id
limit $2
