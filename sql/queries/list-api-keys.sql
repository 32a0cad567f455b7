-- Hands keys, oldest first, without their digests, from after a cursor.
--   $1 uuid    whose keys, or null for everybody's
--   $2 uuid    the last key already seen, or null to start
--   $3 bigint  how many at most
select k.api_key_id, k.party_id, p.name as party_name, k.prefix, k.scopes, k.created_at, k.expires_at, k.last_used_at,
  k.rotated_at, k.previous_secret_until, k.revoked_at
from api_key k
join party p on p.party_id = k.party_id
where ($1::uuid is null or k.party_id = $1) and ($2::uuid is null or k.api_key_id > $2)
order by k.api_key_id
limit $3
