-- Hands one webhook without its secrets.
--   $1 uuid  the webhook
--   $2 uuid  whose it must be, or null for anybody's
select webhook_id, party_id, url, description, event_types, created_at, updated_at, previous_secret_until, failing_since,
  disabled_at, disabled_reason
from webhook
where webhook_id = $1 and ($2::uuid is null or party_id = $2)
