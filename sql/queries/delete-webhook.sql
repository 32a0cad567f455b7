-- Takes a webhook away, with what was to be delivered to it.
--   $1 uuid  the webhook
--   $2 uuid  whose it must be, or null for anybody's
delete from webhook
where webhook_id = $1 and ($2::uuid is null or party_id = $2)
returning webhook_id
