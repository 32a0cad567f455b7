-- Hands the key with this public part, ended or not: whoever asks compares the digest and the dates.
--   $1 text  the public part
select k.api_key_id, k.party_id, p.name as party_name, k.prefix, k.role, k.created_at, k.expires_at, k.revoked_at,
  k.secret_sha256
from api_key k
join party p on p.party_id = k.party_id
where k.prefix = $1
