-- Hands where messages of a webhook that is on go, and what they are signed with.
--   $1 uuid  the webhook
select webhook_id, party_id, url, secret, previous_secret, previous_secret_until
from webhook
where webhook_id = $1 and disabled_at is null
