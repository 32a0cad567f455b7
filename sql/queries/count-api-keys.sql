-- Says how many keys could be used now.
select count(*) as count
from api_key
where revoked_at is null and (expires_at is null or expires_at > now())
