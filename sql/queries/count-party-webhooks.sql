-- Says how many webhooks a party has.
--   $1 uuid  the party
select count(*) as count
from webhook
where party_id = $1
