-- Hands one key without its digests.
--   $1 uuid  the key
--   $2 uuid  whose it must be, or null for anybody's
select k.api_key_id, k.party_id, p.name as party_name, k.prefix, k.scopes, k.created_at, k.expires_at, k.last_used_at,
  k.rotated_at, k.previous_secret_until, k.revoked_at
from api_key k
join party p on p.party_id = k.party_id
where k.api_key_id = $1 and ($2::uuid is null or k.party_id = $2)
