-- Hands keys, oldest first, without their digests.
--   $1 uuid     whose keys, or null for everybody's
--   $2 bigint   how many at most
select k.api_key_id, k.party_id, p.name as party_name, k.prefix, k.role, k.created_at, k.expires_at, k.revoked_at
from api_key k
join party p on p.party_id = k.party_id
where $1::uuid is null or k.party_id = $1
order by k.api_key_id
limit $2
