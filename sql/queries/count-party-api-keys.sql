-- Says how many keys of a party have not ended.
--   $1 uuid  the party
select count(*) as count
from api_key
where party_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())
