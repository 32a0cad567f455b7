-- Has events delivered to a webhook again, as if for the first time: one event, whether it was delivered or is dead; or the
-- dead ones from a moment on, oldest first.
--   $1 uuid         the webhook
--   $2 uuid         the event, or null for the dead ones
--   $3 timestamptz  the moment
--   $4 timestamptz  now
--   $5 bigint       how many at most
update webhook_delivery
set state = 'pending', attempt_count = 0, next_attempt_at = $4, delivered_at = null
where webhook_id = $1 and event_id in (
  select d.event_id
  from webhook_delivery d
  join event e on e.party_id = d.party_id and e.event_id = d.event_id
  where d.webhook_id = $1 and case
    when $2::uuid is not null then d.event_id = $2 and d.state <> 'pending'
    else d.state = 'dead' and e.created_at >= $3
  end
  order by d.event_id
  limit $5
)
returning event_id
