-- Says that a webhook does not work, and hands since when.
--   $1 uuid         the webhook
--   $2 timestamptz  now
update webhook
set failing_since = coalesce(failing_since, $2)
where webhook_id = $1
returning failing_since
