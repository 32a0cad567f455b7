-- Gives a webhook another secret; the one before it signs too until its end.
--   $1 uuid         the webhook
--   $2 uuid         whose it must be, or null for anybody's
--   $3 bytea        the new secret
--   $4 timestamptz  until when the old one signs, or null where it ends at once
--   $5 timestamptz  now
update webhook
set secret = $3, previous_secret = case when $4::timestamptz is null then null else secret end,
  previous_secret_until = $4, updated_at = $5
where webhook_id = $1 and ($2::uuid is null or party_id = $2)
returning webhook_id
