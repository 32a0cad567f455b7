-- Hands the key with this public part, ended or not, and the roles of its party: whoever asks compares the digests and
-- the dates.
--   $1 text  the public part
select k.api_key_id, k.party_id, k.scopes, k.expires_at, k.revoked_at, k.secret_sha256, k.previous_secret_sha256,
  k.previous_secret_until, array(select r.role from party_role r where r.party_id = k.party_id) as party_roles
from api_key k
where k.prefix = $1
