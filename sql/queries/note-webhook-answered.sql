-- Says that a webhook works.
--   $1 uuid  the webhook
update webhook
set failing_since = null
where webhook_id = $1 and failing_since is not null
