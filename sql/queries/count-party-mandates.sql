-- Says how many mandates of a party have not ended.
--   $1 uuid  who authorises
select count(*) as count
from mandate
where party_id = $1 and revoked_at is null and (valid_until is null or valid_until > now())
