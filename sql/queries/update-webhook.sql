-- Changes what a webhook is for, and whether it is on. Off by its party or by itself, it keeps since when and why.
--   $1 uuid         the webhook
--   $2 uuid         whose it must be, or null for anybody's
--   $3 text         where messages go
--   $4 text         what its party says of it
--   $5 text[]       the types of event it is for; none for all
--   $6 boolean      whether it is on
--   $7 timestamptz  now
update webhook
set url = $3, description = $4, event_types = $5, updated_at = $7,
  failing_since = case when $6 and disabled_at is not null then null else failing_since end,
  disabled_at = case when $6 then null else coalesce(disabled_at, $7) end,
  disabled_reason = case when $6 then null else coalesce(disabled_reason, 'by_party') end
where webhook_id = $1 and ($2::uuid is null or party_id = $2)
returning webhook_id
