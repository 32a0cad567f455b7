-- Turns a webhook off that cannot be reached. Hands nothing where it is off already.
--   $1 uuid         the webhook
--   $2 timestamptz  now
--   $3 text         failing or gone
update webhook
set disabled_at = $2, disabled_reason = $3
where webhook_id = $1 and disabled_at is null
returning party_id, url
